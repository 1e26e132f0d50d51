// Message/CPIM: a message with headers of its own, end to end. RFC 3862 §2.

export const CPIM_TYPE = 'message/cpim';

export interface CpimMessage {
  /** Names as written, without a name space's prefix; the first of each counts. */
  readonly headers: ReadonlyMap<string, string>;
  readonly contentType: string;
  readonly text: string;
}

const MAX_CHARACTERS = 65_536;
const MAX_HEADERS = 64;

/** Undefined when the shape is not that of RFC 3862: headers, an empty line, MIME headers, an empty line, the text. */
export function parseCpim(text: string): CpimMessage | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const plain = text.replaceAll('\r\n', '\n');
  const first = plain.indexOf('\n\n');
  const second = first < 0 ? -1 : plain.indexOf('\n\n', first + 2);
  if (second < 0) return undefined;
  const headers = readHeaders(plain.slice(0, first));
  const inner = readHeaders(plain.slice(first + 2, second));
  const contentType = [...(inner ?? [])].find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  if (!headers || contentType === undefined) return undefined;
  return { headers, contentType, text: plain.slice(second + 2) };
}

function readHeaders(block: string): ReadonlyMap<string, string> | undefined {
  const headers = new Map<string, string>();
  const lines = block.split('\n');
  if (lines.length > MAX_HEADERS) return undefined;
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) return undefined;
    // RFC 3862 §2.3: a prefix before a dot names the header's name space
    const name = line.slice(0, colon).trim().replace(/^.*\./, '');
    if (!headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

/** A CPIM message with one text inside; values are kept to one line each. */
export function formatCpim(
  headers: readonly (readonly [name: string, value: string])[],
  type: string,
  text: string,
): string {
  const lines = headers.map(([name, value]) => `${name}: ${value.replace(/[\r\n]+/g, ' ')}`);
  return [...lines, '', `Content-Type: ${type}`, '', text].join('\r\n');
}
