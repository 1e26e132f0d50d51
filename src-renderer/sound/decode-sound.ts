// Any sound file that the browser can read (WAV, MP3, Ogg, …) as a WAV that the phone reads: one track, 16 kHz, 16 bits.

const RATE_HZ = 16_000;
const HEADER_BYTES = 44;

/** Rejects when the browser cannot read it. */
export async function decodeSound(file: Blob): Promise<Uint8Array> {
  const context = new OfflineAudioContext(1, 1, RATE_HZ);
  const decoded = await context.decodeAudioData(await file.arrayBuffer());
  const frames = Math.max(1, Math.ceil(decoded.duration * RATE_HZ));
  const mixer = new OfflineAudioContext(1, frames, RATE_HZ);
  const source = mixer.createBufferSource();
  source.buffer = decoded;
  source.connect(mixer.destination);
  source.start();
  return toWav((await mixer.startRendering()).getChannelData(0));
}

/** `samples` from -1 to 1. */
export function toWav(samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  const text = (at: number, words: string): void => bytes.set(new TextEncoder().encode(words), at);
  text(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE_HZ, true);
  view.setUint32(28, 2 * RATE_HZ, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, i) => {
    const level = Math.round(Math.max(-1, Math.min(1, sample)) * 32_767);
    view.setInt16(HEADER_BYTES + 2 * i, level, true);
  });
  return bytes;
}
