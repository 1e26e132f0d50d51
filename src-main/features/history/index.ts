// The door of the call history.
export { History, toHistoryRecord, type HistoryOptions, type MachineResult } from './history.ts';
