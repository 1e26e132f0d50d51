// The door of the contract.
export * from './account.ts';
export * from './away-ways.ts';
export * from './away.ts';
export * from './call.ts';
export * from './certificate.ts';
export * from './config-file.ts';
export * from './contract.ts';
export * from './delivery.ts';
export type { Schema } from './definition.ts';
export * from './failure.ts';
export * from './greeting-store.ts';
export * from './greeting.ts';
export * from './handlers.ts';
export * from './json-rpc.ts';
export * from './message.ts';
export * from './people.ts';
export * from './view.ts';
export * from './window-sound.ts';
