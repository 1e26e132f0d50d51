// Call transfer within sessions, and calls that a server is asked to place. RFC 3515.
export { IncomingRefer, OutgoingRefer, referToReplacing } from './refer.ts';
export type { OutgoingReferEvents } from './refer-progress.ts';
export { readSipfrag } from './refer-report.ts';
export { StandaloneRefer, type StandaloneReferOptions } from './standalone-refer.ts';
