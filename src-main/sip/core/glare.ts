// How long to wait after two re-INVITEs have crossed. RFC 3261 §14.1.
import type { Runtime } from '../../base/runtime.ts';

/** RFC 3261 §14.1: 2.1 to 4 s for who made the Call-ID, 0 to 2 s for the other, in units of 10 ms. */
export function glareDelayMs(ownsCallId: boolean, runtime: Runtime): number {
  const steps = (fromMs: number, toMs: number): number =>
    fromMs + 10 * Math.floor(runtime.random() * ((toMs - fromMs) / 10 + 1));
  return ownsCallId ? steps(2100, 4000) : steps(0, 2000);
}

/** RFC 3261 §14.2: a request that comes too early is told to wait 0 to 10 s. */
export function tooEarlyRetrySec(runtime: Runtime): number {
  return Math.floor(runtime.random() * 11);
}
