// The door of away mode.
export { Away } from './away.ts';
export type { AwayOptions } from './away-options.ts';
export type { AwaySettings } from './away-settings.ts';
export { CalendarWatch, loadCalendar, readInWorker, type KeptCalendar, type ReadCalendar } from './calendar/index.ts';
export type { CallForecast, CallQuestion } from './explain-call.ts';
export {
  Delivery,
  MailboxNotifier,
  fileNameOf,
  type DeliveredMessage,
  type DeliverySettings,
  type DeliveryWay,
} from './delivery/index.ts';
export { GreetingRecorder, GreetingStore } from './greeting/index.ts';
export { MessageStore, RetentionWatch, type RetentionSettings } from './messages/index.ts';
export { Transcripts, type BegunMessage, type SpeechPort, type TranscriptSettings } from './transcripts/index.ts';
export { MessageSealing } from './sealing/index.ts';
export { REPLIES } from './replies.ts';
