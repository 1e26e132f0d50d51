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
const SINGLE = ['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards'];
const ECHOED = ['Via', 'From', 'To', 'Call-ID', 'CSeq'];

export interface HeaderName {
  /** Lower case; what names are compared by. */
  readonly key: string;
  /** How the name is written. */
  readonly name: string;
  /** A bit of its own for a header that stands once and that everything relies on, else 0. */
  readonly singleBit: number;
  /** Whether a response says it as the request does. RFC 3261 §8.2.6.2. */
  readonly isEchoed: boolean;
  /** Whether the name is one of ours, and so a token. */
  readonly isKnown: boolean;
}

/** Known headers are one object each, so that only unknown ones are compared by text. */
export const isSameHeader = (a: HeaderName, b: HeaderName): boolean =>
  a === b || (!a.isKnown && !b.isKnown && a.key === b.key);

/** One way to write a known name. */
export interface Spelling {
  readonly text: string;
  readonly header: HeaderName;
  /** Whether it is how we would write it. */
  readonly isUsual: boolean;
  /** The next spelling of this length and first letter. */
  readonly next: Spelling | undefined;
}

const KNOWN = new Map<string, HeaderName>();
/** By length and first letter: nearly always one candidate. WHY: comparing with it is quicker than looking up a text that has no hash yet. */
const SPELLINGS: (Spelling | undefined)[] = Array.from({ length: 32 * 32 });
const slotOf = (length: number, firstCode: number): number => length * 32 + (firstCode & 31);

function know(text: string, header: HeaderName): void {
  if (KNOWN.has(text)) return;
  KNOWN.set(text, header);
  const slot = slotOf(text.length, text.charCodeAt(0));
  SPELLINGS[slot] = { text, header, isUsual: text === header.name, next: SPELLINGS[slot] };
}

function entryOf(name: string): HeaderName {
  const key = name.toLowerCase();
  const single = SINGLE.indexOf(name);
  return (
    KNOWN.get(key) ?? {
      key,
      name,
      singleBit: single < 0 ? 0 : 1 << single,
      isEchoed: ECHOED.includes(name),
      isKnown: true,
    }
  );
}

// The usual spelling comes last, so that it is found first.
for (const [compact, name] of Object.entries(COMPACT)) {
  const entry = entryOf(name);
  for (const spelling of [compact, compact.toUpperCase(), entry.key, name]) know(spelling, entry);
}
for (const name of CANONICAL) {
  const entry = entryOf(name);
  for (const spelling of [entry.key, name]) know(spelling, entry);
}

/** How the name from `start` to `end` of `text` is spelled, if that is one of the usual ways. */
export function findSpelling(text: string, start: number, end: number): Spelling | undefined {
  let spelling = SPELLINGS[slotOf(end - start, text.charCodeAt(start))];
  if (!spelling) return undefined;
  const name = text.slice(start, end);
  while (spelling && spelling.text !== name) spelling = spelling.next;
  return spelling;
}

/** Expands compact forms; an unknown name keeps its own spelling. */
export function headerName(spelling: string): HeaderName {
  const known = KNOWN.get(spelling);
  if (known) return known;
  const key = spelling.toLowerCase();
  return KNOWN.get(key) ?? { key, name: spelling, singleBit: 0, isEchoed: false, isKnown: false };
}
