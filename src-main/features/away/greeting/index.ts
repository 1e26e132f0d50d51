// The door of the greetings: which one a caller hears.
export { chooseGreeting, type GreetingChoice, type GreetingRule, type GreetingSettings } from './choose-greeting.ts';
export { GreetingRecorder } from './greeting-recorder.ts';
export { GreetingStore } from './greeting-store.ts';
export { backAtPhrases } from './back-at.ts';
export { joinPhrases } from './join-phrases.ts';
