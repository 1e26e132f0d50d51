// The bytes of a sound file, whether they lie there plain or sealed.

export interface SoundFile {
  /** Without what sealing adds. */
  readonly sizeBytes: number;
  readonly isSealed: boolean;
  /** Fills the beginning of `target`; says how much there was. Rejects where a sealed file was changed. */
  read(target: Buffer, position: number): Promise<number>;
  close(): Promise<void>;
}

/** `locked`: it is sealed, and its key is not here. */
export type SoundFileFailure = 'noSuchFile' | 'badFile' | 'locked';
