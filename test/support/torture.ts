// The messages of a torture archive: read from their files, judged, and written again. RFC 4475, RFC 5118.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkKnownHeaders, parseMessage, serializeMessage, type SipMessage } from '../../src-main/sip/syntax/index.ts';

export class TortureArchive {
  readonly #folder: string;

  /** A folder of `test/fixtures`. */
  constructor(folder: string) {
    this.#folder = join(import.meta.dirname, '..', 'fixtures', folder);
  }

  /** The short names of all messages, sorted. */
  get names(): string[] {
    const files = readdirSync(this.#folder).filter((file) => file.endsWith('.dat'));
    return files.map((file) => file.slice(0, -4)).sort();
  }

  read(name: string): Uint8Array {
    return readFileSync(join(this.#folder, `${name}.dat`));
  }

  accepted(name: string): SipMessage {
    return messageOf(this.read(name));
  }

  /** `accepted`, the kind of the parser's refusal, or the header that the strict check finds malformed. */
  verdictOf(name: string): string {
    const parsed = parseMessage(this.read(name));
    if (!parsed.ok) return parsed.error.kind;
    const checked = checkKnownHeaders(parsed.value.headers);
    return checked.ok ? 'accepted' : (/the (\S+) header/.exec(checked.error.message)?.[1] ?? 'refused');
  }
}

/** Throws for bytes that are no message. */
export function messageOf(bytes: Uint8Array): SipMessage {
  const parsed = parseMessage(bytes);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

/** The message as it is read when we have written it. */
export const writtenAgain = (message: SipMessage): SipMessage => messageOf(serializeMessage(message));

/** The header lines but Content-Length, which is ours to write. */
export const linesOf = ({ headers }: SipMessage): string[] =>
  headers.entries().flatMap(({ name, value }) => (name === 'Content-Length' ? [] : [`${name}: ${value}`]));
