// The door of the ways in: when the answering machine is on.
export type { AwayDecision, WaySettings } from './decide-away.ts';
export { ownCallsOf } from './own-calls.ts';
export { withoutOver, type UntilWhen } from './until-when.ts';
export { WaysIn, type HostPresence } from './ways-in.ts';
