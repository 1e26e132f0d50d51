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

export interface HeaderName {
  /** Lower case; what names are compared by. */
  readonly key: string;
  /** How the name is written. */
  readonly name: string;
}

const KNOWN = new Map<string, HeaderName>();
for (const name of [...CANONICAL, ...Object.values(COMPACT)]) {
  const entry = { key: name.toLowerCase(), name };
  for (const spelling of [name, entry.key]) KNOWN.set(spelling, entry);
}
for (const [compact, name] of Object.entries(COMPACT)) {
  const entry = { key: name.toLowerCase(), name };
  for (const spelling of [compact, compact.toUpperCase()]) KNOWN.set(spelling, entry);
}

/** The header that is usually spelled so; a look-up that spares the usual names any further check. */
export const knownHeaderName = (spelling: string): HeaderName | undefined => KNOWN.get(spelling);

/** Expands compact forms; an unknown name keeps its own spelling. */
export function headerName(spelling: string): HeaderName {
  const known = KNOWN.get(spelling);
  if (known) return known;
  const key = spelling.toLowerCase();
  return KNOWN.get(key) ?? { key, name: spelling };
}
