// The door of the codec room.
export { CodecLibrary, type CodecChoice } from './codec-library.ts';
export { MAX_PACKET_MS, type Codec, type Decoder, type Encoder, type EncoderAdaptation } from './codec.ts';
export { createOpusFileDecoder } from './opus-file-decoder.ts';
