// Call transfer within sessions, and calls that a server is asked to place. RFC 3515.
export { IncomingRefer, OutgoingRefer, referToReplacing, type OutgoingReferEvents } from './refer.ts';
export { readSipfrag } from './refer-report.ts';
export { StandaloneRefer, type StandaloneReferOptions } from './standalone-refer.ts';
