// Character classes of the SIP grammar as bits in one table. RFC 3261 §25.1.

export const CharacterClass = {
  digit: 1,
  hex: 2,
  alpha: 4,
  token: 8,
  host: 16,
  user: 32,
  password: 64,
  uriParameter: 128,
  uriHeader: 256,
  parameterValue: 512,
  visible: 1024,
  word: 2048,
} as const;

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';
const ALPHANUMERIC = LETTERS + DIGITS;
const UNRESERVED = `${ALPHANUMERIC}-_.!~*'()`;

const CLASSES = buildClasses();

function buildClasses(): Uint16Array {
  const classes = new Uint16Array(128);
  const mark = (characters: string, bit: number): void => {
    for (const character of characters) {
      const code = character.charCodeAt(0);
      classes[code] = (classes[code] ?? 0) | bit;
    }
  };
  let visible = '';
  for (let code = 0x21; code < 0x7f; code++) visible += String.fromCharCode(code);
  mark(DIGITS, CharacterClass.digit);
  mark(`${DIGITS}abcdefABCDEF`, CharacterClass.hex);
  mark(LETTERS, CharacterClass.alpha);
  mark(`${ALPHANUMERIC}-.!%*_+\`'~`, CharacterClass.token);
  // INTEROP: underscores are no part of a host name, yet are found in those of private networks.
  mark(`${ALPHANUMERIC}-._`, CharacterClass.host);
  mark(`${UNRESERVED}&=+$,;?/`, CharacterClass.user);
  mark(`${UNRESERVED}&=+$,`, CharacterClass.password);
  mark(`${UNRESERVED}[]/:&+$`, CharacterClass.uriParameter);
  mark(`${UNRESERVED}[]/?:+$`, CharacterClass.uriHeader);
  // INTEROP: peers put more than a token into unquoted values; only what would end the value is refused.
  mark(visible.replace(/[;,"<>\\]/g, ''), CharacterClass.parameterValue);
  mark(visible, CharacterClass.visible);
  mark(`${ALPHANUMERIC}-.!%*_+\`'~()<>:\\"/[]?{}`, CharacterClass.word);
  return classes;
}

/** Whether the character with `code` is in one of the classes of `mask`. */
export const isIn = (code: number, mask: number): boolean =>
  // WHY: an index outside of the table would make every look-up slow.
  code >= 0 && code < 128 && ((CLASSES[code] ?? 0) & mask) !== 0;

/** Whether `text` is not empty and wholly made of the classes of `mask`. */
export function isAllIn(text: string, mask: number): boolean {
  for (let at = 0; at < text.length; at++) if (!isIn(text.charCodeAt(at), mask)) return false;
  return text !== '';
}

/** Whether `text` is a token. RFC 3261 §25.1. */
export const isToken = (text: string): boolean => isAllIn(text, CharacterClass.token);

/** More digits than any limit of ours has: not worth converting. */
const MAX_DIGITS = 20;

/** A decimal number from 0 to `maximum`, or undefined for anything else. */
export function parseDecimal(text: string, maximum: number, start = 0, end = text.length): number | undefined {
  if (end <= start || end - start > MAX_DIGITS) return undefined;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
  }
  return value <= maximum ? value : undefined;
}

/** Where the character with `code` first stands from `start` on; `end` when it does not. */
export function indexOfCode(text: string, code: number, start: number, end: number): number {
  for (let at = start; at < end; at++) if (text.charCodeAt(at) === code) return at;
  return end;
}

/** Whether `text` holds a character that would break out of its line. */
export function breaksLine(text: string): boolean {
  return text.includes('\r') || text.includes('\n') || hasBareNul(text);
}

/** Whether a NUL stands in `text` without a backslash before it. RFC 3261 §25.1 allows it as a quoted pair. */
export function hasBareNul(text: string): boolean {
  for (let at = text.indexOf('\0'); at >= 0; at = text.indexOf('\0', at + 1)) {
    if (text[at - 1] !== '\\') return true;
  }
  return false;
}
