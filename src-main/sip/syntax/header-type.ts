// What the header list must know of a header to hand out its values typed. RFC 3261 §7.3.1.
import { isAllIn, CharacterClass, isToken, parseDecimal } from './characters.ts';
import { headerName } from './header-names.ts';

/** Enough of a header to read it. */
export interface HeaderReader<T> {
  readonly name: string;
  /** Lower-case name. */
  readonly key: string;
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
  return { ...headerName(name), isList: false, parse: grammar.parse, format: grammar.format };
}

export function listHeader<T>(name: string, grammar: Grammar<T>): HeaderType<T> {
  return { ...headerName(name), isList: true, parse: grammar.parse, format: grammar.format };
}

const asIs = (value: string): string => value;

export const tokenGrammar: Grammar<string> = {
  parse: (text) => (isToken(text) ? text : undefined),
  format: asIs,
};

export const textGrammar: Grammar<string> = { parse: asIs, format: asIs };

/** `word ["@" word]`. RFC 3261 §25.1. */
export const callIdGrammar: Grammar<string> = {
  parse: (text) => {
    const at = text.indexOf('@');
    const parts = at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
    return parts.every((part) => isAllIn(part, CharacterClass.word)) ? text : undefined;
  },
  format: asIs,
};

export const numberGrammar = (maximum: number): Grammar<number> => ({
  parse: (text) => parseDecimal(text, maximum),
  format: String,
});
