// Call transfer within sessions. RFC 3515.
export { IncomingRefer, OutgoingRefer, readSipfrag, referToReplacing, type OutgoingReferEvents } from './refer.ts';
