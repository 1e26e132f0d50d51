// The door of the recording room.
export { readSealedFile, sealFile, unsealFile } from './seal-file.ts';
export type { SoundKey } from './sealed-format.ts';
export { openSoundFile, sealedBy } from './open-sound-file.ts';
export type { SoundFile, SoundFileFailure } from './sound-file.ts';
export { mixTracks, TrackAligner } from './track-aligner.ts';
export { buildWavHeader, parseWavHeader, type WavFailure, type WavLayout } from './wav-format.ts';
export { openWavPieces, type WavPieces } from './wav-pieces.ts';
export { readWav, type WavReadFailure, type WavSamples } from './wav-reader.ts';
export { readWavTracks, type WavTracks } from './wav-tracks.ts';
export { repairWav } from './repair-wav.ts';
export { WavWriter, type WavWriterOptions } from './wav-writer.ts';
export { measureWaveForm } from './wave-form.ts';
export { openMp3Encoder, type Mp3Encoder } from './mp3-encoder.ts';
export { OggOpusWriter } from './ogg-opus-writer.ts';
export { buildOggPage, oggChecksum } from './ogg-page.ts';
export type { SoundWriter } from './sound-writer.ts';
