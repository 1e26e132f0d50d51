// What a source of and sink for sound offers to the sessions, whatever is behind it.

/** Every backend speaks 48 kHz, one channel, 16 bits, in frames of 10 ms. */
export const DEVICE_RATE_HZ = 48_000;
export const FRAME_MS = 10;
export const FRAME_SAMPLES = (DEVICE_RATE_HZ / 1000) * FRAME_MS;

/** Given by the one who uses the backend, and called every 10 ms of the device's own time. */
export interface AudioUser {
  /** A frame from the microphone; valid during the call. */
  onCaptured(frame: Int16Array): void;
  /** Fill `frame`, a whole one or the next half, with what is to be heard; it holds zeros. */
  render(frame: Int16Array): void;
  /** The device has gone or delivers nothing any more. */
  onLost(reason: string): void;
}

/** A microphone with a loudspeaker. */
export interface AudioBackend {
  readonly name: 'portaudio' | 'webaudio' | 'null' | 'file';
  /** Opens the devices and begins to call the user; undefined when all is well, else what went wrong. */
  start(user: AudioUser): Promise<string | undefined>;
  /** Stops calling the user; `start` may follow again. Idempotent. */
  stop(): Promise<void>;
  /** Whether somebody is to hear the microphone; a backend that does not ask has it open always. */
  useMicrophone?(isUsed: boolean): void;
}
