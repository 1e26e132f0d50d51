// Call transfer within sessions, and calls that one end asks the other to place outside any. RFC 3515.
export { IncomingRefer } from './incoming-refer.ts';
export { OutgoingRefer, referToReplacing } from './refer.ts';
export type { OutgoingReferEvents } from './refer-progress.ts';
export { readSipfrag } from './refer-report.ts';
export { StandaloneRefer, type StandaloneReferOptions } from './standalone-refer.ts';
