// The header section of a message, line by line. RFC 3261 §7.3.1.
import { type Result, err, ok } from '../../base/result.ts';
import { hasBareNul, isToken } from './characters.ts';
import { HeaderList } from './header-list.ts';
import { MAX_HEADER_LINES, MAX_LINE_LENGTH } from './limits.ts';
import { type SyntaxFailure, syntaxFailure } from './syntax-failure.ts';

export interface HeaderSection {
  readonly headers: HeaderList;
  /** The first thing wrong; the headers before and after it are there. */
  readonly failure?: SyntaxFailure;
}

interface RawLine {
  readonly text: string;
  readonly end: number;
}

/** The line that starts at `start`; a lone CR, LF or NUL in it is a failure. */
export function lineAt(head: string, start: number): Result<RawLine, SyntaxFailure> {
  const found = head.indexOf('\n', start);
  const end = found < 0 ? head.length : found + 1;
  const textEnd = found < 0 ? end : found - 1;
  const text = head.slice(start, Math.max(start, textEnd));
  if (text.length > MAX_LINE_LENGTH) return err(syntaxFailure('tooLarge', 'a line is too long'));
  // WHY: two readings of where a line ends are how messages are smuggled past a proxy, so only CR LF ends one.
  if ((found >= 0 && head[textEnd] !== '\r') || text.includes('\r') || hasBareNul(text)) {
    return err(syntaxFailure('badHeader', 'a line holds a lone CR, LF or NUL'));
  }
  return ok({ text, end });
}

/** Reads the lines of `head` from `start` to its end. */
export function parseHeaderLines(head: string, start: number): HeaderSection {
  const headers = new HeaderList();
  let failure: SyntaxFailure | undefined;
  let lines = 0;
  for (let position = start; position < head.length;) {
    const line = unfoldedLineAt(head, position);
    if (!line.ok) return { headers, failure: failure ?? line.error };
    if (++lines > MAX_HEADER_LINES) {
      return { headers, failure: syntaxFailure('tooLarge', 'there are too many header lines') };
    }
    if (!appendLine(headers, line.value.text)) {
      failure ??= syntaxFailure('badHeader', 'a line is not a header');
    }
    position = line.value.end;
  }
  return failure ? { headers, failure } : { headers };
}

/** RFC 3261 §7.3.1: a line that starts with white space goes on with the one before, as if by one space. */
function unfoldedLineAt(head: string, start: number): Result<RawLine, SyntaxFailure> {
  const first = lineAt(head, start);
  if (!first.ok) return first;
  let { text, end } = first.value;
  while (head[end] === ' ' || head[end] === '\t') {
    const next = lineAt(head, end);
    if (!next.ok) return next;
    if (text.length + next.value.text.length > MAX_LINE_LENGTH) {
      return err(syntaxFailure('tooLarge', 'a folded line is too long'));
    }
    text = `${text.trimEnd()} ${next.value.text.trimStart()}`;
    end = next.value.end;
  }
  return ok({ text, end });
}

function appendLine(headers: HeaderList, line: string): boolean {
  const colon = line.indexOf(':');
  if (colon <= 0) return false;
  const name = line.slice(0, colon).trimEnd();
  if (!isToken(name)) return false;
  headers.append(name, line.slice(colon + 1).trim());
  return true;
}
