// The door of diagnostics.
export { compareSpeech, measureTone, type SpeechLikeness } from './compare-speech.ts';
export { runSelfTest, type SelfTestCheck, type SelfTestOptions } from './self-test.ts';
