// Text to session description: the library reads the lines, this file bounds and checks them. RFC 8866 §5, §6.
import { type Connection, type Media, type Session, parse } from 'sdp-transform';
import { type Result, err, ok } from '../base/result.ts';
import { staticFormat } from './codecs.ts';
import { type SdpSections, splitSections } from './sdp-sections.ts';
import type {
  MediaDescription,
  Origin,
  PayloadFormat,
  SdpDirection,
  SdpFailure,
  SessionDescription,
} from './session-description.ts';

const malformed = (message: string): Result<never, SdpFailure> => err({ kind: 'malformed', message });

/** Tolerant of line ends, order and unknown lines; strict where a wrong guess would send sound to the wrong place. */
export function parseSdp(input: string | Uint8Array): Result<SessionDescription, SdpFailure> {
  const sections = splitSections(input);
  if (!sections.ok) return sections;
  const session = parse(sections.value.known);
  // RFC 8866 §5.1: the version is 0.
  if (session.version !== 0) return malformed('the version is not 0');
  const origin = readOrigin(session);
  if (!origin) return malformed('the origin is missing or malformed');
  const media: MediaDescription[] = [];
  for (const [index, section] of session.media.entries()) {
    const read = readMedia(section, session, sections.value, index);
    if (!read) return malformed(`media line ${index + 1} is malformed`);
    media.push(read);
  }
  return ok({
    origin,
    name: String(session.name ?? '-'),
    ...optional('connection', addressOf(session.connection)),
    attributes: sections.value.sessionAttributes,
    media,
  });
}

/** `{ [key]: value }`, or nothing for undefined: optional fields are absent rather than undefined. */
function optional<K extends string, V>(key: K, value: V | undefined): Readonly<Partial<Record<K, V>>> {
  return (value === undefined ? {} : { [key]: value }) as Readonly<Partial<Record<K, V>>>;
}

function readOrigin({ origin }: Session): Origin | undefined {
  if (!origin) return undefined;
  const { username, sessionId, sessionVersion, address } = origin;
  return {
    username: String(username),
    sessionId: String(sessionId),
    sessionVersion: String(sessionVersion),
    address: String(address),
  };
}

/** RFC 8866 §5.7: without the TTL and count of multicast. */
function addressOf(connection: Connection | undefined): string | undefined {
  const [address = ''] = String(connection?.ip ?? '').split('/');
  return address === '' ? undefined : address;
}

function readMedia(media: Media, session: Session, sections: SdpSections, index: number): MediaDescription | undefined {
  const port = numberOf(media.port, 65_535);
  if (media.type === undefined || port === undefined || media.protocol === undefined) return undefined;
  const formats = readFormats(media);
  if (formats.length > MAX_FORMATS) return undefined;
  return {
    kind: String(media.type),
    port,
    protocol: String(media.protocol),
    formats,
    payloads: String(media.protocol).includes('RTP/') ? readPayloads(formats, media) : [],
    ...optional('connection', addressOf(media.connection ?? session.connection)),
    direction: readDirection(media.direction ?? session.direction),
    ...optional('ptimeMs', numberOf(media.ptime ?? session.ptime, 1_000)),
    ...optional('maxptimeMs', numberOf(media.maxptime ?? session.maxptime, 1_000)),
    ...readRtcp(media),
    isRtcpMux: media.rtcpMux !== undefined,
    attributes: withInherited(sections.mediaAttributes[index] ?? [], sections.sessionAttributes),
  };
}

/** What may stand once for all streams of a session. RFC 8122 §5, RFC 4145 §4, RFC 3611 §5.1, RFC 8839 §5.4 */
const INHERITED = ['fingerprint', 'setup', 'rtcp-xr', 'ice-ufrag', 'ice-pwd', 'ice-lite', 'ice-options'];

function withInherited(own: readonly string[], session: readonly string[]): readonly string[] {
  const nameOf = (attribute: string): string => attribute.split(':', 1)[0] ?? '';
  const names = new Set(own.map(nameOf));
  const inherited = session.filter(
    (attribute) => INHERITED.includes(nameOf(attribute)) && !names.has(nameOf(attribute)),
  );
  return inherited.length === 0 ? own : [...own, ...inherited];
}

const MAX_FORMATS = 64;

const readFormats = ({ payloads }: Media): string[] =>
  String(payloads ?? '')
    .split(' ')
    .filter((format) => format !== '');

/** RFC 3605 §2.1: `a=rtcp:port`, with or without an address. */
function readRtcp({ rtcp }: Media): Pick<MediaDescription, 'rtcpPort' | 'rtcpAddress'> {
  const port = numberOf(rtcp?.port, 65_535);
  if (!rtcp || port === undefined || port === 0) return {};
  return rtcp.address === undefined ? { rtcpPort: port } : { rtcpPort: port, rtcpAddress: String(rtcp.address) };
}

/** A whole number from 0 to `maximum`; undefined for what is absent or anything else. */
function numberOf(value: string | number | undefined, maximum: number): number | undefined {
  if (value === undefined || value === '') return undefined;
  const number = Number(value);
  return Number.isInteger(number) && number >= 0 && number <= maximum ? number : undefined;
}

function readDirection(text: string | undefined): SdpDirection {
  if (text === 'sendonly' || text === 'recvonly' || text === 'inactive') return text;
  // RFC 8866 §6.7: sendrecv where nothing is said.
  return 'sendrecv';
}

function readPayloads(formats: readonly string[], media: Media): PayloadFormat[] {
  return formats.flatMap((format) => {
    const payloadType = numberOf(format, 127);
    return payloadType === undefined ? [] : [readPayload(payloadType, media)];
  });
}

function readPayload(payloadType: number, media: Media): PayloadFormat {
  const config = media.fmtp?.find(({ payload }) => Number(payload) === payloadType)?.config;
  const parameters = parseParameters(String(config ?? ''));
  const map = media.rtp?.find(({ payload }) => Number(payload) === payloadType);
  if (!map) {
    const known = staticFormat(payloadType) ?? { payloadType, encodingName: '', clockRateHz: 0, channels: 1 };
    return { ...known, parameters };
  }
  return {
    payloadType,
    encodingName: String(map.codec),
    // INTEROP: a missing clock is the 8000 of the telephone.
    clockRateHz: numberOf(map.rate, 384_000) ?? 8_000,
    // RFC 8866 §6.6: one channel where none are said.
    channels: numberOf(map.encoding, 255) ?? 1,
    parameters,
  };
}

/** `a=1; b` → `{ a: '1', b: '' }`. RFC 8866 §6.15. */
function parseParameters(config: string): Readonly<Record<string, string>> {
  const entries = config.split(';').flatMap((part) => {
    const [name = '', ...rest] = part.trim().split('=');
    return name === '' ? [] : [[name.trim().toLowerCase(), rest.join('=').trim()] as const];
  });
  return Object.fromEntries(entries);
}
