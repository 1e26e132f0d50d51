// The door of the SRTP room.
export { SrtpReceiver, type ReceivedPosition, type UnprotectFailure } from './srtp-receiver.ts';
export { SrtpSender, type SentPosition } from './srtp-sender.ts';
export { isWholeKey, SRTP_SUITES, type SrtpKey, type SrtpSuite } from './srtp-suite.ts';
