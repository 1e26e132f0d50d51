// Header names: their usual spelling, and the compact forms. RFC 3261 §7.3.3.

const CANONICAL = [
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'Alert-Info',
  'Allow',
  'Allow-Events',
  'Authentication-Info',
  'Authorization',
  'Call-ID',
  'Call-Info',
  'Contact',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Language',
  'Content-Length',
  'Content-Type',
  'CSeq',
  'Date',
  'Diversion',
  'Error-Info',
  'Event',
  'Expires',
  'From',
  'History-Info',
  'Identity',
  'In-Reply-To',
  'Join',
  'Max-Forwards',
  'MIME-Version',
  'Min-Expires',
  'Min-SE',
  'Organization',
  'P-Access-Network-Info',
  'P-Asserted-Identity',
  'P-Associated-URI',
  'P-Preferred-Identity',
  'Path',
  'Priority',
  'Privacy',
  'Proxy-Authenticate',
  'Proxy-Authorization',
  'Proxy-Require',
  'RAck',
  'Reason',
  'Record-Route',
  'Refer-Sub',
  'Refer-To',
  'Referred-By',
  'Remote-Party-ID',
  'Replaces',
  'Reply-To',
  'Require',
  'Retry-After',
  'Route',
  'RSeq',
  'Server',
  'Service-Route',
  'Session-Expires',
  'SIP-ETag',
  'SIP-If-Match',
  'Subject',
  'Subscription-State',
  'Supported',
  'Target-Dialog',
  'Timestamp',
  'To',
  'Unsupported',
  'User-Agent',
  'Via',
  'Warning',
  'WWW-Authenticate',
] as const;

const COMPACT: Readonly<Record<string, string>> = {
  a: 'Accept-Contact', b: 'Referred-By', c: 'Content-Type', d: 'Request-Disposition', e: 'Content-Encoding',
  f: 'From', i: 'Call-ID', j: 'Reject-Contact', k: 'Supported', l: 'Content-Length', m: 'Contact', n: 'Identity-Info',
  o: 'Event', r: 'Refer-To', s: 'Subject', t: 'To', u: 'Allow-Events', v: 'Via', x: 'Session-Expires', y: 'Identity',
}; // prettier-ignore

/** RFC 3261 §7.3.1: these are no lists and stand once. */
const SINGLE = ['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Length'];
/** Those that are asked for in nearly every message, whether they are there or not. */
const ASKED_OFTEN = [
  ...SINGLE,
  ...['Via', 'Route', 'Record-Route', 'Contact', 'Content-Type', 'Require', 'Proxy-Require'],
  ...['Supported', 'Timestamp', 'Expires', 'Authorization', 'Proxy-Authorization', 'Replaces', 'Join'],
  ...['Session-Expires', 'Min-SE', 'Event', 'P-Asserted-Identity', 'Remote-Party-ID', 'Privacy', 'Reason', 'RSeq'],
];
export const SLOTS = ASKED_OFTEN.length;
const ECHOED = ['Via', 'From', 'To', 'Call-ID', 'CSeq'];

export interface HeaderName {
  /** Lower case; what names are compared by. */
  readonly key: string;
  /** How the name is written. */
  readonly name: string;
  /** What a line of it begins with: the end of the line before, the name, colon and space. */
  readonly opening: string;
  /** A number of its own, below SLOTS, for a header that is asked for often; else -1. */
  readonly slot: number;
  /** Whether it stands once and everything relies on it. */
  readonly isSingle: boolean;
  /** Whether a response says it as the request does. RFC 3261 §8.2.6.2. */
  readonly isEchoed: boolean;
  /** Whether the name is one of ours, and so a token. */
  readonly isKnown: boolean;
}

/** Known headers are one object each, so that only unknown ones are compared by text. */
export const isSameHeader = (a: HeaderName, b: HeaderName): boolean =>
  a === b || (!b.isKnown && !a.isKnown && a.key === b.key);

const KNOWN = new Map<string, HeaderName>();

/** A name as we would write it. */
interface UsualName {
  readonly header: HeaderName;
  /** The name's characters. */
  readonly codes: Uint8Array;
  /** The next name of this length and first letter. */
  readonly next: UsualName | undefined;
}

/** By length and first letter: nearly always one candidate. WHY: comparing with it is quicker than looking up a text that has no hash yet. */
const USUAL_NAMES: (UsualName | undefined)[] = Array.from({ length: 32 * 32 });
const slotOf = (length: number, firstCode: number): number => length * 32 + (firstCode & 31);

function know(text: string, header: HeaderName): void {
  if (KNOWN.has(text)) return;
  KNOWN.set(text, header);
  if (text !== header.name) return;
  const slot = slotOf(text.length, text.charCodeAt(0));
  USUAL_NAMES[slot] = { header, codes: Buffer.from(text, 'latin1'), next: USUAL_NAMES[slot] };
}

const openingOf = (name: string): string => `\r\n${name}: `;

function entryOf(name: string): HeaderName {
  const key = name.toLowerCase();
  return (
    KNOWN.get(key) ?? {
      key,
      name,
      opening: openingOf(name),
      slot: ASKED_OFTEN.indexOf(name),
      isSingle: SINGLE.includes(name),
      isEchoed: ECHOED.includes(name),
      isKnown: true,
    }
  );
}

for (const [compact, name] of Object.entries(COMPACT)) {
  const entry = entryOf(name);
  for (const spelling of [compact, compact.toUpperCase(), entry.key, name]) know(spelling, entry);
}
for (const name of CANONICAL) {
  const entry = entryOf(name);
  for (const spelling of [entry.key, name]) know(spelling, entry);
}

/** The header whose name stands from `start` to `end` of `codes`, if it is one of ours and spelled as we would spell it. */
export function usualHeaderName(codes: Uint8Array, start: number, end: number): HeaderName | undefined {
  let name = USUAL_NAMES[slotOf(end - start, codes[start] ?? 0)];
  while (name && !standsAt(name.codes, codes, start)) name = name.next;
  return name?.header;
}

function standsAt(part: Uint8Array, whole: Uint8Array, start: number): boolean {
  for (let at = 0; at < part.length; at++) if (part[at] !== whole[start + at]) return false;
  return true;
}

/** Expands compact forms; an unknown name keeps its own spelling. */
export function headerName(spelling: string): HeaderName {
  const known = KNOWN.get(spelling);
  if (known) return known;
  const key = spelling.toLowerCase();
  return (
    KNOWN.get(key) ?? {
      key,
      name: spelling,
      opening: openingOf(spelling),
      slot: -1,
      isSingle: false,
      isEchoed: false,
      isKnown: false,
    }
  );
}
