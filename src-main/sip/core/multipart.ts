// Bodies of several parts: taken apart within limits, and the session description found in them. RFC 5621 §3, §4; RFC 2046 §5.1.
import { Header, type MediaType, type ParameterizedToken } from '../syntax/index.ts';

/** One part, or a whole body. */
export interface BodyPart {
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly disposition?: string;
}

const parseMediaType = (text: string): MediaType | undefined => Header.ContentType.parse(text);
const parseDisposition = (text: string): ParameterizedToken | undefined => Header.ContentDisposition.parse(text);

const MAX_PARTS = 32;
const MAX_DEPTH = 3;
const MAX_BOUNDARY_BYTES = 70;
/** What starts a part: CRLF and two dashes, which the first boundary may lack the CRLF of. */
const HEADERS_END = '\r\n\r\n';

export type SessionContent =
  /** `part` is the session description, if there is one. */
  | { readonly kind: 'readable'; readonly part: BodyPart | undefined }
  /** A part that must be understood is not. */
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'malformed' };

/** Looks for a body of `sessionType`, through all levels of multipart. */
export function findSessionPart(body: BodyPart, sessionType: string, depth = 0): SessionContent {
  const media = parseMediaType(body.contentType);
  if (!media) return { kind: 'malformed' };
  const type = `${media.type}/${media.subtype}`;
  if (type === sessionType) return isSession(body) ? { kind: 'readable', part: body } : ignorable(body);
  if (media.type !== 'multipart') return ignorable(body);
  const boundary = media.parameters.get('boundary');
  if (boundary === undefined || depth >= MAX_DEPTH) return { kind: 'malformed' };
  const parts = splitParts(body.bytes, boundary);
  if (!parts) return { kind: 'malformed' };
  const contents = parts.map((part) => findSessionPart(part, sessionType, depth + 1));
  if (contents.some(({ kind }) => kind === 'malformed')) return { kind: 'malformed' };
  // RFC 5621 §4: of alternatives the last that can be read is meant, whatever the others are
  if (media.subtype === 'alternative') {
    return contents.findLast((content) => content.kind === 'readable' && content.part) ?? ignorable(body);
  }
  if (contents.some(({ kind }) => kind === 'unsupported')) return { kind: 'unsupported' };
  return (
    contents.find((content) => content.kind === 'readable' && content.part) ?? { kind: 'readable', part: undefined }
  );
}

/** RFC 3261 §20.11: without a disposition a session description is one. */
const isSession = ({ disposition }: BodyPart): boolean =>
  disposition === undefined || parseDisposition(disposition)?.token.toLowerCase() === 'session';

/** RFC 5621 §3.1: a part is required unless its handling says optional. */
function ignorable({ disposition }: BodyPart): SessionContent {
  const handling = disposition === undefined ? undefined : parseDisposition(disposition)?.parameters.get('handling');
  return handling?.toLowerCase() === 'optional' ? { kind: 'readable', part: undefined } : { kind: 'unsupported' };
}

/** The parts between the boundaries; undefined when there are none, too many, or the end is missing. RFC 2046 §5.1.1 */
export function splitParts(bytes: Uint8Array, boundary: string): readonly BodyPart[] | undefined {
  if (boundary === '' || boundary.length > MAX_BOUNDARY_BYTES) return undefined;
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const parts: BodyPart[] = [];
  let at = startsLine(whole, delimiter, 0);
  while (at >= 0) {
    const after = at + delimiter.length;
    if (whole.toString('latin1', after, after + 2) === '--') return parts.length > 0 ? parts : undefined;
    const start = whole.indexOf('\r\n', after, 'latin1');
    const next = start < 0 ? -1 : startsLine(whole, delimiter, start);
    if (next < 0 || parts.length >= MAX_PARTS) return undefined;
    parts.push(readPart(whole.subarray(start + 2, Math.max(start + 2, next - 2))));
    at = next;
  }
  return undefined;
}

/** Where the delimiter stands at the start of a line, from `from` on. */
function startsLine(whole: Buffer, delimiter: Buffer, from: number): number {
  let at = whole.indexOf(delimiter, from);
  while (at > 0 && whole.toString('latin1', at - 2, at) !== '\r\n') at = whole.indexOf(delimiter, at + 1);
  return at;
}

/** RFC 2046 §5.1: header lines, an empty line, the content; without headers it is plain text. */
function readPart(part: Buffer): BodyPart {
  const isBare = part.subarray(0, 2).toString('latin1') === '\r\n';
  const end = isBare ? 0 : part.indexOf(HEADERS_END, 0, 'latin1');
  const lines = end < 0 ? '' : part.toString('latin1', 0, end);
  const disposition = headerOf(lines, Header.ContentDisposition.name);
  return {
    contentType: headerOf(lines, Header.ContentType.name) ?? 'text/plain',
    bytes: part.subarray(isBare ? 2 : end < 0 ? 0 : end + HEADERS_END.length),
    ...(disposition !== undefined && { disposition }),
  };
}

function headerOf(lines: string, name: string): string | undefined {
  const prefix = `${name.toLowerCase()}:`;
  const line = lines.split('\r\n').find((candidate) => candidate.toLowerCase().startsWith(prefix));
  return line?.slice(prefix.length).trim();
}
