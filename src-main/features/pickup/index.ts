// The door of pickup: calls that are somebody else's, and lines that are to be free.
export { CallBacks, type CallBack, type CallBacksOptions } from './call-backs.ts';
export { PickUp, type PickUpOptions } from './pick-up.ts';
