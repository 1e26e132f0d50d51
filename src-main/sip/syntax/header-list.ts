// The headers of a message: ordered, names without case, values typed on demand and kept. RFC 3261 §7.3.
import { type Result, err, ok } from '../../base/result.ts';
import { HeaderLine } from './header-line.ts';
import { type HeaderName, SLOTS, headerName, isSameHeader } from './header-names.ts';
import type { HeaderReader, HeaderType } from './header-type.ts';
import { type SyntaxFailure, syntaxFailure } from './syntax-failure.ts';
import { splitList } from './scanner.ts';

const NO_FIRSTS: readonly (HeaderLine | undefined)[] = Array.from({ length: SLOTS }, () => undefined);

export class HeaderList {
  private lines: HeaderLine[];
  /** The first line of each header that has a slot. WHY: these are asked for so often that searching them took a tenth of reading a message. */
  private firsts: (HeaderLine | undefined)[];

  constructor(source?: HeaderList) {
    this.lines = source ? [...source.lines] : [];
    this.firsts = (source?.firsts ?? NO_FIRSTS).slice();
  }

  /** How many lines there are. */
  get size(): number {
    return this.lines.length;
  }

  /** The values as written, one for each header line. */
  raw(name: string): readonly string[] {
    const header = headerName(name);
    const values: string[] = [];
    for (const line of this.lines) if (isSameHeader(line.header, header)) values.push(line.value);
    return values;
  }

  /** The values with comma-separated lists taken apart; commas in quotes and angle brackets do not count. */
  values(name: string): readonly string[] {
    return this.raw(name).flatMap(splitList);
  }

  /** The first line's value as written. */
  first(name: string): string | undefined {
    return this.#first(headerName(name))?.value;
  }

  /** The first value; undefined when absent or malformed. */
  get<T>(header: HeaderReader<T>): T | undefined {
    return this.#first(header.header)?.first(header);
  }

  /** Every well-formed value; malformed ones are left out. */
  all<T>(header: HeaderReader<T>): readonly T[] {
    if (this.lacks(header.header)) return [];
    const values: T[] = [];
    for (const line of this.lines) {
      if (!isSameHeader(line.header, header.header)) continue;
      const one = line.single(header);
      if (one !== undefined) values.push(one);
      else for (const value of line.values(header)) if (value !== undefined) values.push(value);
    }
    return values;
  }

  /** Every value, or a failure if one is malformed; no value at all is fine. */
  check<T>(header: HeaderReader<T>): Result<readonly T[], SyntaxFailure> {
    const values: T[] = [];
    for (const line of this.lines) {
      if (!isSameHeader(line.header, header.header)) continue;
      for (const value of line.values(header)) {
        if (value === undefined) return err(syntaxFailure('badHeader', `the ${header.name} header is malformed`));
        values.push(value);
      }
    }
    return ok(values);
  }

  /** How many values there are, well-formed or not. */
  count(header: HeaderReader<unknown>): number {
    if (this.lacks(header.header)) return 0;
    let count = 0;
    for (const line of this.lines) if (isSameHeader(line.header, header.header)) count += line.count(header);
    return count;
  }

  /** Whether there are several lines of this header that do not say the same. */
  hasConflict(header: HeaderReader<unknown>): boolean {
    let first: HeaderLine | undefined;
    for (const line of this.lines) {
      if (!isSameHeader(line.header, header.header)) continue;
      if (!first) first = line;
      else if (line.value !== first.value) return true;
    }
    return false;
  }

  /** The first line of this header. */
  line(header: HeaderName): HeaderLine | undefined {
    return this.#first(header);
  }

  has(name: string): boolean {
    return this.#first(headerName(name)) !== undefined;
  }

  /** Replaces every line of this name, in the place of the first. */
  set(name: string, value: string): void {
    const known = headerName(name);
    this.#replace(known, [HeaderLine.of(known, value)]);
  }

  /** Adds a line at the end. */
  append(name: string, value: string): void {
    const known = headerName(name);
    this.appendLine(HeaderLine.of(known, value));
  }

  /** Adds a line that was read. */
  appendLine(line: HeaderLine): void {
    this.lines.push(line);
    const { slot } = line.header;
    if (slot >= 0 && this.firsts[slot] === undefined) this.firsts[slot] = line;
  }

  /** Adds a line before the first of its name, or at the top. */
  prepend(name: string, value: string): void {
    const known = headerName(name);
    this.#insertFirst(HeaderLine.of(known, value));
  }

  remove(name: string): void {
    this.#replace(headerName(name), []);
  }

  /** Removes the first value (not the whole line, if the line carries several). */
  removeFirst(name: string): void {
    const header = headerName(name);
    const index = this.#firstIndex(header);
    const line = this.lines[index];
    if (!line) return;
    const rest = splitList(line.value).slice(1);
    this.lines.splice(index, 1, ...(rest.length > 0 ? [HeaderLine.of(line.header, rest.join(', '))] : []));
    this.#noteFirst(header);
  }

  /** Replaces every line of this header by one for each value. */
  put<T>(header: HeaderType<T>, ...values: T[]): void {
    this.#replace(
      header.header,
      values.map((value) => HeaderLine.ofValue(header, value)),
    );
  }

  /** Adds lines at the end, one for each value. */
  add<T>(header: HeaderType<T>, ...values: T[]): void {
    for (const value of values) this.appendLine(HeaderLine.ofValue(header, value));
  }

  /** Adds a line before the first of its name, or at the top. */
  prependValue<T>(header: HeaderType<T>, value: T): void {
    this.#insertFirst(HeaderLine.ofValue(header, value));
  }

  /** Puts `value` in the place of the first value, whose line may carry others. */
  replaceFirst<T>(header: HeaderType<T>, value: T): void {
    this.removeFirst(header.name);
    this.prependValue(header, value);
  }

  /** Copies every line of `name` from `source` to the end. */
  copyFrom(source: HeaderList, name: string): void {
    const header = headerName(name);
    if (source.lacks(header)) return;
    for (const line of source.lines) if (isSameHeader(line.header, header)) this.appendLine(line);
  }

  clone(): HeaderList {
    return new HeaderList(this);
  }

  /** The lines in order. */
  entries(): readonly HeaderLine[] {
    return this.lines;
  }

  /** Whether it is known at once that there is no line of this header. */
  private lacks({ slot }: HeaderName): boolean {
    return slot >= 0 && this.firsts[slot] === undefined;
  }

  #first(header: HeaderName): HeaderLine | undefined {
    if (header.slot >= 0) return this.firsts[header.slot];
    for (const line of this.lines) if (isSameHeader(line.header, header)) return line;
    return undefined;
  }

  #firstIndex(header: HeaderName): number {
    if (this.lacks(header)) return -1;
    return this.lines.findIndex((line) => isSameHeader(line.header, header));
  }

  #insertFirst(line: HeaderLine): void {
    const index = this.#firstIndex(line.header);
    this.lines.splice(Math.max(0, index), 0, line);
    this.#noteFirst(line.header);
  }

  #noteFirst(header: HeaderName): void {
    if (header.slot >= 0) this.firsts[header.slot] = this.lines.find((line) => line.header === header);
  }

  #replace(header: HeaderName, lines: readonly HeaderLine[]): void {
    const index = this.#firstIndex(header);
    if (index < 0) {
      for (const line of lines) this.appendLine(line);
      return;
    }
    const [line, ...more] = lines;
    if (
      line &&
      more.length === 0 &&
      this.lines.findLastIndex((other) => isSameHeader(other.header, header)) === index
    ) {
      this.lines[index] = line;
      this.#noteFirst(header);
      return;
    }
    const after = this.lines.slice(index).filter((line) => !isSameHeader(line.header, header));
    this.lines = [...this.lines.slice(0, index), ...lines, ...after];
    this.#noteFirst(header);
  }
}
