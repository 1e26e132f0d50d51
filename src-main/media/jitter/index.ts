// The door of the jitter room.
export { DelayEstimator } from './delay-estimator.ts';
export type { JitterBufferOptions, JitterSettings, Taken } from './buffer-options.ts';
export { JitterBuffer } from './jitter-buffer.ts';
export type { BufferedPacket } from './packet-ring.ts';
