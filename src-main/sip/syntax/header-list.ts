// The headers of a message: ordered, names without case, values typed on demand and kept. RFC 3261 §7.3.
import { type Result, err, ok } from '../../base/result.ts';
import { type HeaderName, headerName } from './header-names.ts';
import type { HeaderReader, HeaderType } from './header-type.ts';
import { type SyntaxFailure, syntaxFailure } from './syntax-failure.ts';
import { splitList } from './scanner.ts';

/** One header line. Shared between lists, so nothing but the cache of its typed values changes. */
interface HeaderLine {
  readonly key: string;
  readonly name: string;
  readonly value: string;
  typedAs: unknown;
  typed: readonly unknown[];
}

const headerLine = (key: string, name: string, value: string): HeaderLine => ({
  key,
  name,
  value,
  typedAs: undefined,
  typed: [],
});

/** The typed values of a line; undefined stands where one is malformed. */
function typedValues<T>(line: HeaderLine, header: HeaderReader<T>): readonly (T | undefined)[] {
  if (line.typedAs !== header) {
    const isOne = !header.isList || (line.value !== '' && !line.value.includes(','));
    line.typed = isOne ? [header.parse(line.value)] : splitList(line.value).map((text) => header.parse(text));
    line.typedAs = header;
  }
  return line.typed as readonly (T | undefined)[];
}

function typedLine<T>(header: HeaderType<T>, value: T): HeaderLine {
  const line = headerLine(header.key, header.name, header.format(value));
  line.typedAs = header;
  line.typed = [value];
  return line;
}

export class HeaderList {
  #lines: HeaderLine[];

  constructor(lines: readonly HeaderLine[] = []) {
    this.#lines = [...lines];
  }

  /** The values as written, one for each header line. */
  raw(name: string): readonly string[] {
    const { key } = headerName(name);
    return this.#lines.filter((line) => line.key === key).map((line) => line.value);
  }

  /** The values with comma-separated lists taken apart; commas in quotes and angle brackets do not count. */
  values(name: string): readonly string[] {
    return this.raw(name).flatMap(splitList);
  }

  /** The first line's value as written. */
  first(name: string): string | undefined {
    return this.#first(headerName(name).key)?.value;
  }

  /** The first value; undefined when absent or malformed. */
  get<T>(header: HeaderReader<T>): T | undefined {
    const line = this.#first(header.key);
    return line && typedValues(line, header)[0];
  }

  /** Every well-formed value; malformed ones are left out. */
  all<T>(header: HeaderReader<T>): readonly T[] {
    const values: T[] = [];
    for (const line of this.#lines) {
      if (line.key !== header.key) continue;
      for (const value of typedValues(line, header)) if (value !== undefined) values.push(value);
    }
    return values;
  }

  /** Every value, or a failure if one is malformed; no value at all is fine. */
  check<T>(header: HeaderReader<T>): Result<readonly T[], SyntaxFailure> {
    const values: T[] = [];
    for (const line of this.#lines) {
      if (line.key !== header.key) continue;
      for (const value of typedValues(line, header)) {
        if (value === undefined) return err(syntaxFailure('badHeader', `the ${header.name} header is malformed`));
        values.push(value);
      }
    }
    return ok(values);
  }

  /** How many values there are, well-formed or not. */
  count(header: HeaderReader<unknown>): number {
    let count = 0;
    for (const line of this.#lines) if (line.key === header.key) count += typedValues(line, header).length;
    return count;
  }

  /** Whether there are several lines of this header that do not say the same. */
  hasConflict(header: HeaderReader<unknown>): boolean {
    let first: HeaderLine | undefined;
    for (const line of this.#lines) {
      if (line.key !== header.key) continue;
      first ??= line;
      if (line.value !== first.value) return true;
    }
    return false;
  }

  has(name: string): boolean {
    return this.#first(headerName(name).key) !== undefined;
  }

  /** Replaces every line of this name, in the place of the first. */
  set(name: string, value: string): void {
    const known = headerName(name);
    this.#replace(known.key, [headerLine(known.key, known.name, value)]);
  }

  /** Adds a line at the end. */
  append(name: string, value: string): void {
    const known = headerName(name);
    this.#lines.push(headerLine(known.key, known.name, value));
  }

  /** As append, for a name that was looked up. */
  appendNamed({ key, name }: HeaderName, value: string): void {
    this.#lines.push(headerLine(key, name, value));
  }

  /** Adds a line before the first of its name, or at the top. */
  prepend(name: string, value: string): void {
    const known = headerName(name);
    this.#insertFirst(headerLine(known.key, known.name, value));
  }

  remove(name: string): void {
    this.#replace(headerName(name).key, []);
  }

  /** Removes the first value (not the whole line, if the line carries several). */
  removeFirst(name: string): void {
    const { key } = headerName(name);
    const index = this.#lines.findIndex((line) => line.key === key);
    const line = this.#lines[index];
    if (!line) return;
    const rest = splitList(line.value).slice(1);
    this.#lines.splice(index, 1, ...(rest.length > 0 ? [headerLine(key, line.name, rest.join(', '))] : []));
  }

  /** Replaces every line of this header by one for each value. */
  put<T>(header: HeaderType<T>, ...values: T[]): void {
    this.#replace(
      header.key,
      values.map((value) => typedLine(header, value)),
    );
  }

  /** Adds lines at the end, one for each value. */
  add<T>(header: HeaderType<T>, ...values: T[]): void {
    for (const value of values) this.#lines.push(typedLine(header, value));
  }

  /** Adds a line before the first of its name, or at the top. */
  prependValue<T>(header: HeaderType<T>, value: T): void {
    this.#insertFirst(typedLine(header, value));
  }

  /** Puts `value` in the place of the first value, whose line may carry others. */
  replaceFirst<T>(header: HeaderType<T>, value: T): void {
    this.removeFirst(header.name);
    this.prependValue(header, value);
  }

  /** Copies every line of `name` from `source` to the end. */
  copyFrom(source: HeaderList, name: string): void {
    const { key } = headerName(name);
    for (const line of source.#lines) if (line.key === key) this.#lines.push(line);
  }

  clone(): HeaderList {
    return new HeaderList(this.#lines);
  }

  /** Name and value of each line in order. */
  entries(): readonly { readonly name: string; readonly value: string }[] {
    return this.#lines;
  }

  #first(key: string): HeaderLine | undefined {
    for (const line of this.#lines) if (line.key === key) return line;
    return undefined;
  }

  #insertFirst(line: HeaderLine): void {
    const index = this.#lines.findIndex(({ key }) => key === line.key);
    this.#lines.splice(Math.max(0, index), 0, line);
  }

  #replace(key: string, lines: readonly HeaderLine[]): void {
    const index = this.#lines.findIndex((line) => line.key === key);
    if (index < 0) {
      this.#lines.push(...lines);
      return;
    }
    const after = this.#lines.slice(index).filter((line) => line.key !== key);
    this.#lines = [...this.#lines.slice(0, index), ...lines, ...after];
  }
}
