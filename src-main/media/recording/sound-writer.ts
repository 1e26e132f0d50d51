// What a recorder asks of a file, whatever its format.

export interface SoundWriter {
  /** Milliseconds of sound taken so far. */
  readonly durationMs: number;
  /** Takes a copy of interleaved 16-bit samples. */
  write(samples: Int16Array): void;
  /** Writes what waits and ends the file. Idempotent. */
  close(): Promise<void>;
}
