// Escaping in URIs: `%` and two hexadecimal digits. RFC 3261 §19.1.2.
import { CharacterClass, isIn } from './characters.ts';

const PERCENT = 0x25;

/**
 * The meaning of `text` from `start` to `end`, whose characters must be in `mask` or escaped; undefined when one is not.
 * Escaped bytes are read as UTF-8, and as Latin-1 where they are not UTF-8.
 */
export function unescapeUri(text: string, mask: number, start = 0, end = text.length): string | undefined {
  let hasEscape = false;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (isIn(code, mask)) continue;
    if (code !== PERCENT || at + 2 >= end) return undefined;
    if (!isIn(text.charCodeAt(at + 1), CharacterClass.hex)) return undefined;
    if (!isIn(text.charCodeAt(at + 2), CharacterClass.hex)) return undefined;
    hasEscape = true;
    at += 2;
  }
  const part = text.slice(start, end);
  return hasEscape ? decodeEscapes(part) : part;
}

function decodeEscapes(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // WHY: the only failure left is bytes that are not UTF-8.
    return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  }
}

/** `text` with every character outside `mask` escaped as UTF-8 bytes. */
export function escapeUri(text: string, mask: number): string {
  let escaped = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    if (isIn(byte, mask)) escaped += String.fromCharCode(byte);
    else escaped += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
}

const RESERVED = ';/?:@&=+$,';

/**
 * One spelling for all that mean the same, for comparison.
 * RFC 3261 §19.1.4: only characters outside the reserved set are equal to their escaped form.
 */
export function normalizeEscapes(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-9a-f]{2})/gi, (escape, hex: string) => {
    const character = String.fromCharCode(parseInt(hex, 16));
    const isKept = RESERVED.includes(character) || !isIn(character.charCodeAt(0), CharacterClass.visible);
    return isKept ? escape.toUpperCase() : character;
  });
}
