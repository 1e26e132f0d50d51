// The door of the RTP room.
export { BurstGapMeter, MINIMUM_GAP, type BurstGapFigures } from './burst-gap-meter.ts';
export { datagramKind, type DatagramKind } from './datagram-kind.ts';
export {
  isSendable,
  nodeNetwork,
  type DatagramListener,
  type DatagramSocket,
  type Network,
} from './datagram-socket.ts';
export { parseRtpPacket, RTP_HEADER_BYTES, writeRtpHeader, type RtpHeader, type RtpPacket } from './rtp-packet.ts';
export { openRtpPortPair, type PortSearch, type RtpPortPair } from './rtp-port-pair.ts';
export { SourceTracker, type ReceptionFigures, type SourceVerdict } from './source-tracker.ts';
export { SymmetricLatch } from './symmetric-latch.ts';
export { TelephoneEventReceiver } from './telephone-event-receiver.ts';
export { areDigits, TelephoneEventSender, type EventPacket } from './telephone-event-sender.ts';
