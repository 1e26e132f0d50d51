// The door of the jitter room.
export { DelayEstimator } from './delay-estimator.ts';
export { JitterBuffer, type JitterBufferOptions, type JitterSettings, type Taken } from './jitter-buffer.ts';
export type { BufferedPacket } from './packet-ring.ts';
