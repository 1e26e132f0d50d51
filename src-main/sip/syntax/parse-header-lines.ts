// The head of a message, line by line. RFC 3261 §7, §7.3.1.
import { hasBareNul, isToken } from './characters.ts';
import { HeaderLine } from './header-line.ts';
import { HeaderList } from './header-list.ts';
import { headerName, usualHeaderName } from './header-names.ts';
import { MAX_HEADER_LINES, MAX_LINE_LENGTH } from './limits.ts';
import { SPACE, TAB } from './scanner.ts';
import { type SyntaxFailure, syntaxFailure } from './syntax-failure.ts';

/**
 * Steps through the lines of a head up to its empty line; stops at the first that is not one, and says why in `failure`.
 * WHY: positions instead of pieces of text, for every piece that is cut out only to be looked at costs more than the look.
 */
export class HeadReader {
  readonly head: string;
  /** The code of each character of `head`, if it is ASCII; else any other. WHY: single characters are read several times faster so. */
  readonly codes: Uint8Array;
  /** The line that was stepped on, without its end. */
  lineStart: number;
  lineEnd: number;
  /** Where the next line starts; after the empty line, the body. */
  next: number;
  /** Whether the empty line was found. */
  isEnded: boolean;
  failure: SyntaxFailure | undefined;
  private readonly hasNul: boolean;

  constructor(head: string, codes: Uint8Array, start = 0) {
    this.head = head;
    this.codes = codes;
    this.lineStart = start;
    this.lineEnd = start;
    this.next = start;
    this.isEnded = false;
    this.failure = undefined;
    this.hasNul = head.includes('\0');
  }

  /** Steps on the next line; false at the end and at a failure. */
  nextLine(): boolean {
    const { head } = this;
    const start = this.next;
    if (start >= head.length || this.isEnded) return false;
    const cr = head.indexOf('\r', start);
    const lf = head.indexOf('\n', start);
    // WHY: two readings of where a line ends are how messages are smuggled past a proxy, so only CR LF ends one.
    if (lf < 0 ? cr >= 0 : cr !== lf - 1) return this.#fail('badHeader', 'a line holds a lone CR or LF');
    const end = lf < 0 ? head.length : cr;
    if (end - start > MAX_LINE_LENGTH) return this.#fail('tooLarge', 'a line is too long');
    if (this.hasNul && hasBareNul(head.slice(start, end))) return this.#fail('badHeader', 'a line holds a NUL');
    this.lineStart = start;
    this.lineEnd = end;
    this.next = lf < 0 ? end : lf + 1;
    this.isEnded = end === start;
    return !this.isEnded;
  }

  /** RFC 3261 §7.3.1: whether the next line starts with white space, and so goes on with this one. */
  get isFolded(): boolean {
    return this.next < this.head.length && isSpace(this.codes[this.next]);
  }

  /** The whole of a folded line, as if its parts were joined by one space; undefined at a failure. */
  unfold(): string | undefined {
    const parts = [this.head.slice(this.lineStart, this.lineEnd).trimEnd()];
    let length = this.lineEnd - this.lineStart;
    while (this.isFolded) {
      if (!this.nextLine()) return undefined;
      length += this.lineEnd - this.lineStart;
      if (length > MAX_LINE_LENGTH) {
        this.#fail('tooLarge', 'a folded line is too long');
        return undefined;
      }
      parts.push(this.head.slice(this.lineStart, this.lineEnd).trim());
    }
    return parts.join(' ');
  }

  #fail(kind: 'badHeader' | 'tooLarge', message: string): false {
    this.failure = syntaxFailure(kind, message);
    return false;
  }
}

const isSpace = (code: number | undefined): boolean => code === SPACE || code === TAB;

export interface HeaderSection {
  readonly headers: HeaderList;
  /** Whether a header that stands once was there again, with the same value or another. */
  readonly hasRepeated: boolean;
  /** The first thing wrong; the headers before and, where lines could still be told apart, after it are there. */
  readonly failure: SyntaxFailure | undefined;
}

/** Reads every header line that `reader` has left. */
export function parseHeaderLines(reader: HeadReader): HeaderSection {
  const headers = new HeaderList();
  let failure: SyntaxFailure | undefined;
  let hasRepeated = false;
  let count = 0;
  while (reader.nextLine()) {
    if (++count > MAX_HEADER_LINES) {
      return { headers, hasRepeated, failure: syntaxFailure('tooLarge', 'there are too many header lines') };
    }
    const line = reader.isFolded ? foldedLine(reader) : plainLine(reader);
    if (!line) {
      failure ??= reader.failure ?? syntaxFailure('badHeader', 'a line is not a header');
      continue;
    }
    hasRepeated ||= line.header.isSingle && headers.line(line.header) !== undefined;
    headers.appendLine(line);
  }
  return { headers, hasRepeated, failure: failure ?? reader.failure };
}

function foldedLine(reader: HeadReader): HeaderLine | undefined {
  const line = reader.unfold();
  return line === undefined ? undefined : lineOf(line, 0, line.length);
}

/** A line of one piece, left where it is when it is spelled as we would spell it. */
function plainLine({ head, codes, lineStart, lineEnd }: HeadReader): HeaderLine | undefined {
  const colon = head.indexOf(':', lineStart);
  const header = colon > lineStart ? usualHeaderName(codes, lineStart, colon) : undefined;
  if (!header || !isPlain(codes, colon, lineEnd)) return lineOf(head, lineStart, lineEnd);
  return HeaderLine.at(header, head, lineStart, lineEnd + 2);
}

/** Whether one space and a value without space around it follow the colon, and an end of line the value. */
function isPlain(codes: Uint8Array, colon: number, lineEnd: number): boolean {
  if (lineEnd < colon + 3 || lineEnd + 2 > codes.length) return false;
  return codes[colon + 1] === SPACE && !isSpace(codes[colon + 2]) && !isSpace(codes[lineEnd - 1]);
}

function lineOf(text: string, lineStart: number, lineEnd: number): HeaderLine | undefined {
  const colon = text.indexOf(':', lineStart);
  if (colon <= lineStart || colon >= lineEnd) return undefined;
  const name = text.slice(lineStart, skipSpaceBack(text, lineStart, colon));
  if (!isToken(name)) return undefined;
  const start = skipSpace(text, colon + 1, lineEnd);
  return HeaderLine.of(headerName(name), text.slice(start, skipSpaceBack(text, start, lineEnd)));
}

function skipSpace(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  return at;
}

function skipSpaceBack(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
}
