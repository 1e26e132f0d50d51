// What the header list must know of a header to hand out its values typed. RFC 3261 §7.3.1.
import { isToken, parseDecimal } from './characters.ts';
import { type HeaderName, headerName } from './header-names.ts';

/** Enough of a header to read it. */
export interface HeaderReader<T> {
  readonly header: HeaderName;
  readonly name: string;
  /** Whether one line may carry several values, separated by commas. */
  readonly isList: boolean;
  /** One value; undefined when it is malformed. */
  readonly parse: (text: string) => T | undefined;
}

export interface HeaderType<T> extends HeaderReader<T> {
  readonly format: (value: T) => string;
}

/** How a header's value is read and written. */
export type Grammar<T> = Pick<HeaderType<T>, 'parse' | 'format'>;

export function singleHeader<T>(name: string, grammar: Grammar<T>): HeaderType<T> {
  const header = headerName(name);
  return { header, name: header.name, isList: false, parse: grammar.parse, format: grammar.format };
}

export function listHeader<T>(name: string, grammar: Grammar<T>): HeaderType<T> {
  const header = headerName(name);
  return { header, name: header.name, isList: true, parse: grammar.parse, format: grammar.format };
}

const asIs = (value: string): string => value;

export const tokenGrammar: Grammar<string> = {
  parse: (text) => (isToken(text) ? text : undefined),
  format: asIs,
};

export const textGrammar: Grammar<string> = { parse: asIs, format: asIs };

const WORD = '[\\w.!%*+`\'~()<>:\\\\"/[\\]?{}-]+';
const CALL_ID = new RegExp(`^${WORD}(?:@${WORD})?$`);

/** `word ["@" word]`. RFC 3261 §25.1. */
export const callIdGrammar: Grammar<string> = {
  parse: (text) => (CALL_ID.test(text) ? text : undefined),
  format: asIs,
};

export const numberGrammar = (maximum: number): Grammar<number> => ({
  parse: (text) => parseDecimal(text, maximum),
  format: String,
});
