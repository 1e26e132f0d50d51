// The door of conferences: mixed here, or by a focus at the other end.
export { changeParticipant, followConference, isFromFocus } from './conference.ts';
export { LocalConference } from './local-conference.ts';
