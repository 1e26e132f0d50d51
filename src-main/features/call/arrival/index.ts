// The door of what is decided about a call that comes: who may knock, who may ring, and who is answered by the phone itself.
export { answerModeHeaders, asksForAutoAnswer, mayAutoAnswer } from './answer-mode.ts';
export { judgeArrival, type ArrivalVerdict, type DirectCallPolicy } from './arrival-policy.ts';
export { decideIncoming, type IncomingDecision } from './incoming-policy.ts';
export { RingTone } from './ring-tone.ts';
