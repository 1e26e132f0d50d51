// The door of text messages.
export { Texts, type TextSettings, type TextsOptions } from './texts.ts';
