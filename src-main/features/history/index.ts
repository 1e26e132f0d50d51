// The door of the call history.
export { History, toHistoryRecord, type HistoryOptions } from './history.ts';
