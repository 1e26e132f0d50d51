// The door of the calls.
export { judgeArrival, type ArrivalVerdict, type DirectCallPolicy } from './arrival/index.ts';
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
export { addressOf, isListed, remotePartyOf } from './identity/index.ts';
export { ANSWER_IN_PERSON, type AnswerOptions } from './incoming-call.ts';
export { referredStatusOf } from './transfer/index.ts';
