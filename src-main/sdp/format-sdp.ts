// Session description to text, written by the library. RFC 8866 §5.
import { type Connection, type Media, write } from 'sdp-transform';
import { isIpv6Address } from '../base/socket-address.ts';
import type { MediaDescription, PayloadFormat, SessionDescription } from './session-description.ts';

/** The text of `description`, with CR LF at every line's end. */
export function formatSdp(description: SessionDescription): string {
  const { origin, name, connection, attributes, media } = description;
  return write({
    version: 0,
    origin: { ...origin, netType: 'IN', ipVer: ipVersion(origin.address) },
    name,
    ...(connection === undefined ? {} : { connection: connectionLine(connection) }),
    timing: { start: 0, stop: 0 },
    ...attributeLines(attributes),
    media: media.map((line) => mediaLines(line, connection)),
  });
}

const ipVersion = (address: string): number => (isIpv6Address(address) ? 6 : 4);

const connectionLine = (address: string): Connection => ({ version: ipVersion(address), ip: address });

function attributeLines(attributes: readonly string[]): { invalid?: { value: string }[] } {
  return attributes.length === 0 ? {} : { invalid: attributes.map((value) => ({ value })) };
}

function mediaLines(media: MediaDescription, sessionConnection: string | undefined): Media {
  const { kind, port, protocol, formats, payloads, connection, direction, ptimeMs, maxptimeMs, rtcpPort } = media;
  const lines: Media = { type: kind, port, protocol, payloads: formats.join(' ') };
  // RFC 3264 §6: a refused stream needs nothing more.
  if (port === 0) return lines;
  if (connection !== undefined && connection !== sessionConnection) lines.connection = connectionLine(connection);
  lines.rtp = payloads.filter(({ encodingName }) => encodingName !== '').map(rtpmap);
  lines.fmtp = payloads.flatMap((payload) => fmtp(payload));
  lines.direction = direction;
  if (ptimeMs !== undefined) lines.ptime = ptimeMs;
  if (maxptimeMs !== undefined) lines.maxptime = maxptimeMs;
  if (rtcpPort !== undefined) lines.rtcp = rtcp(rtcpPort, media.rtcpAddress);
  if (media.isRtcpMux) lines.rtcpMux = 'rtcp-mux';
  return { ...lines, ...attributeLines(media.attributes) };
}

function rtpmap({
  payloadType,
  encodingName,
  clockRateHz,
  channels,
}: PayloadFormat): NonNullable<Media['rtp']>[number] {
  const map = { payload: payloadType, codec: encodingName, rate: clockRateHz };
  return channels === 1 ? map : { ...map, encoding: channels };
}

function fmtp({ payloadType, parameters }: PayloadFormat): NonNullable<Media['fmtp']> {
  const parts = Object.entries(parameters).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  return parts.length === 0 ? [] : [{ payload: payloadType, config: parts.join(';') }];
}

function rtcp(port: number, address: string | undefined): NonNullable<Media['rtcp']> {
  return address === undefined ? { port } : { port, netType: 'IN', ipVer: ipVersion(address), address };
}
