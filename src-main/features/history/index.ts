// The door of the call history.
export { History, toHistoryRecord, type HistoryOptions, type MachineResult, type RescuedMessage } from './history.ts';
