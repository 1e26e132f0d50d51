// One header line, and what is remembered of its typed values. RFC 3261 §7.3.
import type { HeaderName } from './header-names.ts';
import type { HeaderReader, HeaderType } from './header-type.ts';
import { splitList } from './scanner.ts';

export const LINE_END = '\r\n';

/**
 * Shared between lists, so nothing of it changes but what it remembers.
 * WHY: no #private here, which costs time for each of a million lines a second.
 */
export class HeaderLine {
  readonly header: HeaderName;
  /** The text that the line stands in, spelled as we would spell it; undefined when it was made here or spelled otherwise. */
  readonly head: string | undefined;
  /** Where the line starts in `head`. */
  readonly start: number;
  /** Where the next line starts in `head`. */
  readonly end: number;
  private text: string | undefined;
  private typedAs: unknown = undefined;
  private typed: unknown = undefined;
  private all: readonly unknown[] | undefined = undefined;

  private constructor(header: HeaderName, text: string | undefined, head?: string, start = 0, end = 0) {
    this.header = header;
    this.text = text;
    this.head = head;
    this.start = start;
    this.end = end;
  }

  /** The line that says `text`. */
  static of(header: HeaderName, text: string): HeaderLine {
    return new HeaderLine(header, text);
  }

  /** The line that says `value`. */
  static ofValue<T>(header: HeaderType<T>, value: T): HeaderLine {
    const line = new HeaderLine(header.header, header.format(value));
    line.typedAs = header;
    line.typed = value;
    return line;
  }

  /** A line that was read, spelled as we would spell it. */
  static at(header: HeaderName, head: string, start: number, end: number): HeaderLine {
    return new HeaderLine(header, undefined, head, start, end);
  }

  get name(): string {
    return this.header.name;
  }

  get value(): string {
    if (this.text !== undefined) return this.text;
    const valueStart = this.start - LINE_END.length + this.header.opening.length;
    this.text = this.head?.slice(valueStart, this.end - LINE_END.length) ?? '';
    return this.text;
  }

  /** The first value; undefined when it is malformed or there is none. */
  first<T>(header: HeaderReader<T>): T | undefined {
    return this.single(header) ?? (header.isList ? this.several(header)[0] : undefined);
  }

  /** The values; undefined stands where one is malformed. */
  values<T>(header: HeaderReader<T>): readonly (T | undefined)[] {
    const one = this.single(header);
    return one === undefined && header.isList ? this.several(header) : [one];
  }

  /** How many values there are, well-formed or not. */
  count(header: HeaderReader<unknown>): number {
    const isKnownToBeOne = this.typedAs === header && this.typed !== undefined;
    return !isKnownToBeOne && header.isList && this.value.includes(',') ? this.values(header).length : 1;
  }

  /** The value of a line that carries one, else undefined. WHY: most lists have one element, which is seen by reading it, sooner than by looking for commas. */
  single<T>(header: HeaderReader<T>): T | undefined {
    if (this.typedAs !== header) {
      this.typed = header.parse(this.value);
      this.typedAs = header;
      this.all = undefined;
    }
    return this.typed as T | undefined;
  }

  private several<T>(header: HeaderReader<T>): readonly (T | undefined)[] {
    this.all ??= splitList(this.value).map((text) => header.parse(text));
    return this.all as readonly (T | undefined)[];
  }
}
