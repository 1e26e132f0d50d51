// The door of the jitter room.
export { JitterBuffer, type BufferedPacket, type JitterBufferOptions, type Taken } from './jitter-buffer.ts';
