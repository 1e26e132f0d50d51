// Anything that can go on making sound: tones and the tune.

/** A signal that is written frame by frame. */
export interface SignalGenerator {
  /** Writes the next samples; returns false when the signal is over and only silence follows. */
  fill(output: Int16Array): boolean;
}
