// The door of the ways in: when the answering machine is on.
export type { AwayDecision, AwayReason, WaySettings } from './decide-away.ts';
export type { LocalMoment, LocalTime } from './local-time.ts';
export { ownCallsOf } from './own-calls.ts';
export { isWithin, type WeeklyHours } from './schedule.ts';
export { withoutOver, type UntilWhen } from './until-when.ts';
export { WaysIn, type HostPresence } from './ways-in.ts';
