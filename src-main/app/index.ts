// The door of the app: opening a phone, and what hosts need around it.
export type { CallInfo } from '../features/call/index.ts';
export type { MediaPort } from '../media/index.ts';
export type { SelfTestCheck } from '../features/diagnostics/index.ts';
export type { DataFolder, SecretStore } from '../storage/index.ts';
export { createLineReader } from './line-reader.ts';
export { lendMessage, type LentFile } from './lend-message.ts';
export { openHistoryBook, type HistoryBook } from './history-book.ts';
export { openMessageBook, type MessageBook } from './message-book.ts';
export {
  defaultControlPath,
  openFileSecrets,
  openPhone,
  type OpenedPhone,
  type OpenFailure,
  type OpenOptions,
} from './open-phone.ts';
export type { ListeningPlace } from './listening.ts';
export type { Phone } from './phone.ts';
export type { SoundSeat, SoundWindow } from './window-sound.ts';
