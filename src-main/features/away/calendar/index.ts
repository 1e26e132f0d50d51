// The door: the user's calendar as something that switches the answering machine on.
export * from './busy-times.ts';
export * from './calendar-watch.ts';
export { loadCalendar } from './load-calendar.ts';
export { readInWorker, type ReadCalendar } from './read-in-worker.ts';
