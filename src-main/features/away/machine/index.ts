// The door of the answering machine for one call.
export { AnsweringMachine } from './answering-machine.ts';
export type { AwayPhase } from './away-step.ts';
export type { CallerMenu } from './menu-performer.ts';
