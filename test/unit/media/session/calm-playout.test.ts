import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadResamplerFactory } from '../../../../src-main/media/dsp/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { ReceivedStream } from '../../../support/media/received-stream.ts';

const TALK_SEC = 60;

/** The reference speech over and over, a minute of it. */
async function speech(rateHz: number): Promise<Int16Array> {
  const bytes = await readFile(new URL('../../../../assets/audio/speech.wav', import.meta.url));
  const samples = Int16Array.from({ length: (bytes.length - 44) >> 1 }, (_, i) => bytes.readInt16LE(44 + i * 2));
  const resampler = (await loadResamplerFactory()).create(bytes.readUInt32LE(24), rateHz);
  const once = resampler.process(samples).slice();
  resampler.close();
  return Int16Array.from({ length: rateHz * TALK_SEC }, (_, i) => once[i % once.length] ?? 0);
}

/** A clean line between two busy machines: a few milliseconds of noise, and now and then a packet or a clock that is late. */
function busyMachines(seed: number, latePackets: number) {
  const random = new FakeRuntime(seed);
  let arrivedMs = 0;
  return {
    delayMs: (i: number): number => {
      const isLate = random.random() < latePackets;
      const delay = 1 + random.random() * 4 + (isLate ? 15 + random.random() * 10 : 0);
      arrivedMs = Math.max(arrivedMs, i * 20 + delay);
      return arrivedMs - i * 20;
    },
    wakesLateMs: (i: number): number => {
      const lateMs = random.random() * 3 + (random.random() < 0.005 ? 15 : 0);
      // Two frames are pulled at a time.
      return i % 2 === 0 ? lateMs : Math.max(0, lateMs - 10);
    },
  };
}

/** Pieces that go out within a second are one correction. */
function corrections(adjustmentsAtMs: readonly number[]): number {
  const later = adjustmentsAtMs.filter((atMs) => atMs > 1500);
  return later.filter((atMs, i) => atMs - (later[i - 1] ?? -Infinity) > 1000).length;
}

describe('the delay on a clean line between busy machines — RFC 3550 §6.4.1', () => {
  it.each([
    ['PCMU', 0, 0],
    ['PCMU', 0.004, 6],
    ['PCMU', 0.02, 6],
    ['PCMU', 0.05, 6],
    ['opus', 0.004, 6],
    ['opus', 0.02, 6],
  ] as const)(
    '%s, %d of the packets late: a correction in ten seconds at most',
    { timeout: 30_000 },
    async (name, latePackets, most) => {
      const stream = await ReceivedStream.create(name);
      const sound = await speech(stream.codec.sampleRateHz);

      const counts = [1, 2, 3].map((seed) =>
        corrections(stream.hear(sound, busyMachines(seed, latePackets)).adjustmentsAtMs),
      );
      expect(Math.max(...counts)).toBeLessThanOrEqual(most);
    },
  );
});
