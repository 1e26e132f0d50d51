// The door of the sealing.
export { MessageSealing, type SealingProgress } from './message-sealing.ts';
