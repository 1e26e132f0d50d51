// The door of sdp: session descriptions, and offer and answer over them. RFC 8866, RFC 3264, RFC 4568.
export type { SdpCodecName } from './codecs.ts';
export type { MediaDirection } from './direction.ts';
export type { NegotiatedReports } from './extended-reports.ts';
export { formatSdp } from './format-sdp.ts';
export type { NegotiatedCodec, NegotiatedStream } from './negotiated-stream.ts';
export type { CodecPreference, LocalMedia } from './audio-line.ts';
export { OfferAnswer, type OfferAnswerFailure } from './offer-answer.ts';
export type { FoundWay } from './found-way.ts';
export type { IceCandidate } from './ice-attributes.ts';
export type { IceNames, LocalIce, NegotiatedIce } from './stream-ice.ts';
export type { NegotiatedDtls } from './stream-dtls.ts';
export type { CryptoPolicy, LocalCrypto, NegotiatedCrypto } from './stream-keys.ts';
export { type CryptoAttribute, CRYPTO_SUITES, type CryptoSuite, parseCrypto } from './crypto-attribute.ts';
export { parseSdp } from './parse-sdp.ts';
export { MAX_MEDIA_LINES, MAX_SDP_BYTES, MAX_SDP_LINES, MAX_SDP_LINE_LENGTH } from './sdp-sections.ts';
export {
  type MediaDescription,
  type Origin,
  type PayloadFormat,
  type SdpDirection,
  type SdpFailure,
  type SessionDescription,
  attributeValues,
} from './session-description.ts';
