// Parameters of header values and URIs: ordered, names without case. RFC 3261 §7.3.1, §19.1.1.
import { CharacterClass, isAllIn } from './characters.ts';
import { EQUALS, QUOTE, Scanner, SEMICOLON, quote } from './scanner.ts';

export interface Parameter {
  readonly name: string;
  /** Undefined for a flag such as `lr`. */
  readonly value: string | undefined;
  /** Whether the value is written in quotes in a header. */
  readonly isQuoted: boolean;
}

/** An immutable list; `with` and `without` return changed copies. Values are plain: neither quoted nor escaped. */
export class Parameters {
  static readonly none = new Parameters([]);
  private items: readonly Parameter[] | undefined;
  /** As it was read, taken apart when somebody asks for the parts. */
  private readonly text: string | undefined;

  constructor(items: readonly Parameter[] | undefined, text?: string) {
    this.items = items;
    this.text = text;
  }

  /** From `;name=value…` that is known to be well-formed and free of escapes. */
  static ofText(text: string): Parameters {
    return text === '' ? Parameters.none : new Parameters(undefined, text);
  }

  /** From pairs in order; an undefined value makes a flag. */
  static of(values: Readonly<Record<string, string | number | undefined>>): Parameters {
    return Object.entries(values).reduce(
      (parameters, [name, value]) => parameters.with(name, value === undefined ? undefined : String(value)),
      Parameters.none,
    );
  }

  get size(): number {
    return this.entries().length;
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** The value; undefined both for a flag and for what is not there (`has` tells them apart). */
  get(name: string): string | undefined {
    if (this.items === undefined && this.text !== undefined) {
      const value = findPlainValue(this.text, name);
      if (value !== undefined) return value;
    }
    return this.#find(name)?.value;
  }

  /** With `name` set in its old place, or at the end. */
  with(name: string, value?: string): Parameters {
    const isQuoted = value !== undefined && !isAllIn(value, CharacterClass.parameterValue);
    const item = { name, value, isQuoted };
    const old = this.#find(name);
    return new Parameters(
      old ? this.entries().map((other) => (other === old ? item : other)) : [...this.entries(), item],
    );
  }

  /** Without `name`, however often it is there: a parameter that is said twice must not get past who takes it out. */
  without(name: string): Parameters {
    if (!this.#find(name)) return this;
    const key = name.toLowerCase();
    return new Parameters(this.entries().filter((item) => item.name.toLowerCase() !== key));
  }

  entries(): readonly Parameter[] {
    this.items ??= scanParameters(new Scanner(this.text ?? ''))?.items ?? [];
    return this.items;
  }

  /** `;name=value` for each, as headers write them. */
  format(): string {
    if (this.text !== undefined) return this.text;
    let text = '';
    for (const item of this.entries()) text += `;${formatParameter(item)}`;
    return text;
  }

  #find(name: string): Parameter | undefined {
    for (const item of this.entries()) {
      if (item.name === name) return item;
      if (item.name.length === name.length && item.name.toLowerCase() === name.toLowerCase()) return item;
    }
    return undefined;
  }
}

/** The value of a parameter that is spelled like `name`, if that can be told without taking the text apart. */
function findPlainValue(text: string, name: string): string | undefined {
  if (text.includes('"')) return undefined;
  for (let start = 1; start > 0; start = text.indexOf(';', start) + 1) {
    const equals = start + name.length;
    if (text.charCodeAt(equals) !== EQUALS || !text.startsWith(name, start)) continue;
    const end = text.indexOf(';', equals);
    return text.slice(equals + 1, end < 0 ? text.length : end);
  }
  return undefined;
}

/** Reads `*( SEMI generic-param )` as far as it goes; undefined when a parameter is malformed. RFC 3261 §25.1. */
export function scanParameters(scanner: Scanner): Parameters | undefined {
  let items: Parameter[] | undefined;
  while (scanner.eatSeparator(SEMICOLON)) {
    const item = scanParameter(scanner);
    if (!item) return undefined;
    (items ??= []).push(item);
  }
  return items ? new Parameters(items) : Parameters.none;
}

/** Reads one `name`, `name=value` or `name="value"`. */
export function scanParameter(scanner: Scanner): Parameter | undefined {
  const name = scanner.takeToken();
  if (name === '') return undefined;
  if (!scanner.eatSeparator(EQUALS)) return { name, value: undefined, isQuoted: false };
  if (scanner.peek() === QUOTE) {
    const quoted = scanner.takeQuoted();
    return quoted === undefined ? undefined : { name, value: quoted, isQuoted: true };
  }
  const value = scanner.takeWhile(CharacterClass.parameterValue);
  return value === '' ? undefined : { name, value, isQuoted: false };
}

/** `;name=value` for each parameter, as headers write them. */
export const formatParameters = (parameters: Parameters): string => parameters.format();

export function formatParameter({ name, value, isQuoted }: Parameter): string {
  if (value === undefined) return name;
  return `${name}=${isQuoted ? quote(value) : value}`;
}
