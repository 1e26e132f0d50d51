// The door of the process room; `main.ts` is the entry file and is started, not imported.
export { forkMediaPort } from './fork-port.ts';
export { parentPort } from './parent-port.ts';
