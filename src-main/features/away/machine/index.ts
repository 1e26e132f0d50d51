// The door of the answering machine for one call.
export { AnsweringMachine } from './answering-machine.ts';
export type { AwayPhase } from './away-step.ts';
export { forgetNames, newNameFile } from './spoken-name.ts';
export type { CallerMenu } from './menu-performer.ts';
