// The door of the RTCP room.
export { buildRtcp } from './rtcp-builder.ts';
export { UNAVAILABLE, type ExtendedBlock, type VoipMetrics } from './extended-report.ts';
export { rtcpIntervalMs, type RtcpIntervalInput } from './rtcp-interval.ts';
export type { ReportBlock, RtcpPacket, SenderInfo } from './rtcp-packet.ts';
export { parseRtcp } from './rtcp-parser.ts';
export { compactNtp, ntpTime, roundTripMs, type NtpTime } from './round-trip.ts';
