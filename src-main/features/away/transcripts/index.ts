// The door of the transcripts. `speech-process.ts` is an entry file of its own: it is started, not imported.
export type { BegunMessage } from './live-words.ts';
export type { SpeechPort } from './speech-messages.ts';
export { Transcripts, type TranscriptJob, type TranscriptSettings } from './transcripts.ts';
