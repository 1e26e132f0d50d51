// Runs in a thread of its own: a calendar comes from outside, and some take long to read.
import { parentPort, workerData } from 'node:worker_threads';
import { busyTimes, type CalendarQuestion } from './busy-times.ts';

parentPort?.postMessage(busyTimes(workerData as CalendarQuestion));
