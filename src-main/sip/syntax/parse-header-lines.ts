// The head of a message, line by line. RFC 3261 §7, §7.3.1.
import { hasBareNul, isToken } from './characters.ts';
import { HeaderList } from './header-list.ts';
import { headerName, knownHeaderName } from './header-names.ts';
import { MAX_HEADER_LINES, MAX_LINE_LENGTH } from './limits.ts';
import { type SyntaxFailure, syntaxFailure } from './syntax-failure.ts';

const TAB = 0x09;
const LF = 0x0a;
const SPACE = 0x20;
const COLON = ':';

/** Takes lines off the head of a message; stops at the first that is not one, and says why in `failure`. */
export class HeadReader {
  failure: SyntaxFailure | undefined;
  readonly #head: string;
  readonly #hasNul: boolean;
  #position = 0;

  constructor(head: string) {
    this.#head = head;
    this.#hasNul = head.includes('\0');
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#head.length;
  }

  /** The next line without its end, or undefined at the end and at a failure. */
  takeLine(): string | undefined {
    const head = this.#head;
    const start = this.#position;
    if (start >= head.length) return undefined;
    const lf = head.indexOf('\n', start);
    const cr = head.indexOf('\r', start);
    // WHY: two readings of where a line ends are how messages are smuggled past a proxy, so only CR LF ends one.
    if (lf < 0 ? cr >= 0 : cr !== lf - 1) return this.#fail('badHeader', 'a line holds a lone CR or LF');
    const end = lf < 0 ? head.length : cr;
    if (end - start > MAX_LINE_LENGTH) return this.#fail('tooLarge', 'a line is too long');
    const line = head.slice(start, end);
    if (this.#hasNul && hasBareNul(line)) return this.#fail('badHeader', 'a line holds a NUL');
    this.#position = lf < 0 ? end : lf + 1;
    return line;
  }

  /** RFC 3261 §7.3.1: a line that starts with white space goes on with the one before, as if by one space. */
  takeUnfoldedLine(): string | undefined {
    let line = this.takeLine();
    while (line !== undefined && this.#startsWithSpace()) {
      const next = this.takeLine();
      if (next === undefined) return undefined;
      if (line.length + next.length > MAX_LINE_LENGTH) return this.#fail('tooLarge', 'a folded line is too long');
      line = `${line.trimEnd()} ${next.trimStart()}`;
    }
    return line;
  }

  #startsWithSpace(): boolean {
    if (this.isAtEnd) return false;
    const code = this.#head.charCodeAt(this.#position);
    return code === SPACE || code === TAB;
  }

  #fail(kind: 'badHeader' | 'tooLarge', message: string): string | undefined {
    this.failure = syntaxFailure(kind, message);
    return undefined;
  }
}

export interface HeaderSection {
  readonly headers: HeaderList;
  /** The first thing wrong; the headers before and, where lines could still be told apart, after it are there. */
  readonly failure: SyntaxFailure | undefined;
}

/** Reads every header line that `reader` has left. */
export function parseHeaderLines(reader: HeadReader): HeaderSection {
  const headers = new HeaderList();
  let failure: SyntaxFailure | undefined;
  let count = 0;
  for (let line = reader.takeUnfoldedLine(); line !== undefined; line = reader.takeUnfoldedLine()) {
    if (++count > MAX_HEADER_LINES) {
      return { headers, failure: syntaxFailure('tooLarge', 'there are too many header lines') };
    }
    if (!appendLine(headers, line)) failure ??= syntaxFailure('badHeader', 'a line is not a header');
  }
  return { headers, failure: failure ?? reader.failure };
}

function appendLine(headers: HeaderList, line: string): boolean {
  const colon = line.indexOf(COLON);
  if (colon <= 0) return false;
  const name = endsWithSpace(line, colon) ? line.slice(0, colon).trimEnd() : line.slice(0, colon);
  const known = knownHeaderName(name);
  if (!known && !isToken(name)) return false;
  headers.appendNamed(known ?? headerName(name), line.slice(colon + 1).trim());
  return true;
}

function endsWithSpace(line: string, colon: number): boolean {
  const code = line.charCodeAt(colon - 1);
  return code === SPACE || code === TAB || code === LF;
}
