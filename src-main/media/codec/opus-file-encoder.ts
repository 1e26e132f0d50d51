// Opus packets for recordings: one or two channels, for listening to and not for talking. RFC 6716 §2.1.
import { InvariantError } from '../../base/result.ts';
import { allocate, type OpusExports } from './opus-library.ts';

const SAMPLE_RATE_HZ = 48_000;
const APPLICATION_AUDIO = 2049;
const SET_BITRATE = 4002;
const SET_COMPLEXITY = 4010;
const BITRATE_BPS = 32_000;
/** A recording runs beside the call and must not cost more than it. */
const COMPLEXITY = 3;
const MAX_PACKET_SAMPLES = 960;
const MAX_PAYLOAD_BYTES = 1275;

export interface OpusFileEncoder {
  /** 20 ms of interleaved samples at 48 kHz; the view is valid until the next call. */
  encode(samples: Int16Array): Uint8Array;
  close(): void;
}

export function openOpusFileEncoder(opus: OpusExports, channels: number): OpusFileEncoder {
  const state = allocate(opus, opus.opus_encoder_get_size(channels));
  const input = allocate(opus, MAX_PACKET_SAMPLES * channels * 2);
  const payload = allocate(opus, MAX_PAYLOAD_BYTES);
  if (opus.opus_encoder_init(state, SAMPLE_RATE_HZ, channels, APPLICATION_AUDIO) < 0)
    throw new InvariantError('libopus refused an encoder');
  opus.opus_encoder_ctl_set(state, SET_BITRATE, BITRATE_BPS * channels);
  opus.opus_encoder_ctl_set(state, SET_COMPLEXITY, COMPLEXITY);
  let isOpen = true;
  return {
    encode: (samples) => {
      new Int16Array(opus.memory.buffer, input, samples.length).set(samples);
      const size = opus.opus_encode(state, input, samples.length / channels, payload, MAX_PAYLOAD_BYTES);
      return new Uint8Array(opus.memory.buffer, payload, Math.max(0, size));
    },
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      for (const pointer of [state, input, payload]) opus.free(pointer);
    },
  };
}
