// A position in a header value and the few steps that every grammar rule is made of. RFC 3261 §25.1.
import { CharacterClass, isIn } from './characters.ts';

export const TAB = 0x09;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const LESS_THAN = 0x3c;
export const EQUALS = 0x3d;
export const GREATER_THAN = 0x3e;
export const AT = 0x40;
export const LEFT_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const RIGHT_BRACKET = 0x5d;

/** Reads `text` from left to right, up to `end`; nothing throws, and a step that does not match moves nothing. */
export class Scanner {
  readonly text: string;
  readonly end: number;
  position: number;

  constructor(text: string, position = 0, end = text.length) {
    this.text = text;
    this.end = end;
    this.position = position;
  }

  get isAtEnd(): boolean {
    return this.position >= this.end;
  }

  /** The code of the next character; -1 at the end. */
  peek(): number {
    return this.position < this.end ? this.text.charCodeAt(this.position) : -1;
  }

  skipWhitespace(): void {
    let code = this.peek();
    while (code === SPACE || code === TAB) {
      this.position++;
      code = this.peek();
    }
  }

  /** Steps over one character if it is `code`. */
  eat(code: number): boolean {
    if (this.peek() !== code) return false;
    this.position++;
    return true;
  }

  /** Steps over `code` and the white space around it. */
  eatSeparator(code: number): boolean {
    const start = this.position;
    if (start >= this.end) return false;
    this.skipWhitespace();
    if (!this.eat(code)) {
      this.position = start;
      return false;
    }
    this.skipWhitespace();
    return true;
  }

  /** Steps over the longest run of characters in `mask`. */
  skipWhile(mask: number): void {
    const { text, end } = this;
    let { position } = this;
    while (position < end && isIn(text.charCodeAt(position), mask)) position++;
    this.position = position;
  }

  /** The longest run of characters in `mask`; empty when there is none. */
  takeWhile(mask: number): string {
    const start = this.position;
    this.skipWhile(mask);
    return this.text.slice(start, this.position);
  }

  takeToken(): string {
    return this.takeWhile(CharacterClass.token);
  }

  /** The meaning of the quoted string that starts here, or undefined when none does or it has no end. */
  takeQuoted(): string | undefined {
    const start = this.position;
    if (!this.eat(QUOTE)) return undefined;
    let value = '';
    let from = this.position;
    for (; !this.isAtEnd; this.position++) {
      if (this.peek() === QUOTE) {
        value += this.text.slice(from, this.position++);
        return value;
      }
      // RFC 3261 §25.1: a backslash takes away the meaning of the next character.
      if (this.peek() === BACKSLASH) {
        value += this.text.slice(from, this.position++);
        from = this.position;
      }
    }
    this.position = start;
    return undefined;
  }

  /** Whether nothing but white space is left. */
  finishes(): boolean {
    this.skipWhitespace();
    return this.isAtEnd;
  }
}

/** `value` as a quoted string. Controls become spaces: a name from a settings form must not break the line. */
export function quote(value: string): string {
  let quoted = '"';
  for (const character of value) {
    const code = character.charCodeAt(0);
    if (code === QUOTE || code === BACKSLASH) quoted += `\\${character}`;
    else quoted += code < SPACE || code === 0x7f ? ' ' : character;
  }
  return `${quoted}"`;
}

/** The elements of a comma-separated list, where commas in quotes and angle brackets do not count. RFC 3261 §7.3.1. */
export function splitList(text: string): string[] {
  if (!text.includes(',')) return text === '' ? [] : [text];
  const elements: string[] = [];
  let start = 0;
  let isQuoted = false;
  let isBracketed = false;
  const push = (end: number): void => {
    const element = text.slice(start, end).trim();
    if (element !== '') elements.push(element);
    start = end + 1;
  };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isQuoted) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) isQuoted = false;
    } else if (code === QUOTE && !isBracketed) isQuoted = true;
    else if (code === LESS_THAN) isBracketed = true;
    else if (code === GREATER_THAN) isBracketed = false;
    else if (code === COMMA && !isBracketed) push(at);
  }
  push(text.length);
  return elements;
}
