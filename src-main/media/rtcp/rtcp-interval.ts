// When the next RTCP packet is due. RFC 3550 §6.2, §6.3.1, §A.7.
import type { Runtime } from '../../base/runtime.ts';

/** RFC 3550 §6.2: five seconds at least, half of it before the first packet. */
const MINIMUM_MS = 5000;
/** RFC 3550 §6.3.1: e - 3/2, which makes up for the timer reconsideration. */
const COMPENSATION = Math.E - 1.5;

export interface RtcpIntervalInput {
  /** Participants of the session, both ends of a call. */
  readonly members: number;
  readonly averageSizeBytes: number;
  /** RFC 3550 §6.2: five hundredths of the session's bandwidth. */
  readonly rtcpBytesPerSec: number;
  readonly isInitial: boolean;
}

/** The randomised interval: between half and one and a half times the deterministic one, compensated. */
export function rtcpIntervalMs(input: RtcpIntervalInput, runtime: Runtime): number {
  const bandwidthMs = (input.members * input.averageSizeBytes * 1000) / Math.max(1, input.rtcpBytesPerSec);
  const deterministicMs = Math.max(input.isInitial ? MINIMUM_MS / 2 : MINIMUM_MS, bandwidthMs);
  return (deterministicMs * (0.5 + runtime.random())) / COMPENSATION;
}
