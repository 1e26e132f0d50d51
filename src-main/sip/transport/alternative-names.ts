// Reads the text form that the TLS library gives of a certificate's subjectAltName. RFC 5922 §7.1.
import type { AlternativeName } from './certificate.ts';

const MAX_NAMES = 256;
const KINDS: Readonly<Record<string, AlternativeName['kind']>> = { URI: 'uri', DNS: 'dns', 'IP Address': 'ip' };

/**
 * `DNS:a.example, URI:sip:b.example, IP Address:192.0.2.1`; a value that could be taken for a separator stands in quotes.
 * Names of other kinds are left out.
 */
export function parseAlternativeNames(text: string): AlternativeName[] {
  return splitEntries(text).flatMap((entry) => {
    const colon = entry.indexOf(':');
    const kind = KINDS[entry.slice(0, Math.max(0, colon)).trim()];
    const value = unquote(entry.slice(colon + 1));
    return kind && value !== undefined ? [{ kind, value }] : [];
  });
}

/** WHY: a comma within quotes is part of a name: a forged name must not read as two. */
function splitEntries(text: string): string[] {
  const entries: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index <= text.length && entries.length < MAX_NAMES; index++) {
    const character = text[index];
    if (isQuoted && character === '\\') index++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === undefined || (character === ',' && !isQuoted)) {
      entries.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return entries;
}

function unquote(value: string): string | undefined {
  if (!value.startsWith('"')) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'string' ? parsed : undefined;
  } catch {
    return undefined;
  }
}
