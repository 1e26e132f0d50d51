// The door of calls that change hands: sent on, asked for by the peer, replaced, parked.
export { parkCall } from './park.ts';
export { referredStatusOf } from './referred-call.ts';
export { refuseReplacement, replaceCall } from './replacement.ts';
export { transferTo, transferToCall } from './transfer.ts';
export { TransferRequests, type TransferPolicy } from './transfer-request.ts';
