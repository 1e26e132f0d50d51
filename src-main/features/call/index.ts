// The door of the calls.
export { judgeArrival, type ArrivalVerdict, type DirectCallPolicy } from './arrival-policy.ts';
export { CallManager } from './call-manager.ts';
export type { CallManagerEvents, CallManagerOptions, CallSettings } from './call-manager-options.ts';
export type {
  CallFailure,
  CallFailureCode,
  CallerVerification,
  CallInfo,
  ForwardedFrom,
  RemoteParty,
} from './call-info.ts';
export { CallMedia, type CallMediaOptions } from './call-media.ts';
export { parseDialTarget } from './dial-target.ts';
export { isListed } from './listed-address.ts';
export { ANSWER_IN_PERSON, type AnswerOptions } from './incoming-call.ts';
export { referredStatusOf } from './referred-call.ts';
export { addressOf, remotePartyOf } from './remote-party.ts';
