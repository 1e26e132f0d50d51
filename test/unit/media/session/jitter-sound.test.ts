import { describe, expect, it } from 'vitest';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { ReceivedStream, type Heard } from '../../../support/media/received-stream.ts';
import { loadSpeech, repeated } from '../../../support/media/speech.ts';
import { longestGapMs, rms, sine, toneToNoiseDb } from '../../../support/media/tone-check.ts';

/** What went wrong after the first second. */
function troubles({ receiver, figuresAfterFirstSecond: first }: Heard): { late: number; concealedMs: number } {
  const { latePackets, concealedMs } = receiver.figures;
  return { late: latePackets - first.latePackets, concealedMs: concealedMs - first.concealedMs };
}

describe('sound through jitter — RFC 3550 §6.4.1', () => {
  it.each([
    ['in order', 30],
    ['in order', 60],
    ['in order', 100],
    ['reordering', 30],
    ['reordering', 60],
    ['reordering', 100],
  ])('%s, %i ms: nothing drops out after the first second, and the delay is not more than needed', async (way, ms) => {
    const stream = await ReceivedStream.create('PCMU');
    const random = new FakeRuntime(ms);
    let arrivedMs = 0;
    const delayMs = (i: number): number => {
      const delay = 20 + random.random() * ms;
      // In order: whoever is faster than the one before waits behind it.
      arrivedMs = way === 'in order' ? Math.max(arrivedMs, i * 20 + delay) : i * 20 + delay;
      return arrivedMs - i * 20;
    };
    const heard = stream.hear(sine(8000 * 20, 300, 8000), { delayMs });

    expect(troubles(heard)).toEqual({ late: 0, concealedMs: 0 });
    expect(heard.highestTargetMs).toBeLessThanOrEqual(ms + 40);
    expect(longestGapMs(heard.samples.subarray(8000), 8000, 300)).toBeLessThan(5);
  });
});

describe('speech through jitter that goes on — RFC 3550 §6.4.1', () => {
  /** How far the jitter's end is from how long packets wait, and what is done to the sound when the line is known. */
  async function listen(jitterMs: number, framesAtOnce: number, seed: number) {
    const stream = await ReceivedStream.create('PCMU');
    const random = new FakeRuntime(seed);
    const phaseMs = random.random() * 20;
    const sound = repeated(await loadSpeech(), 48_000 * 20).filter((_, i) => i % 6 === 0);
    const heard = stream.hear(sound, {
      delayMs: () => phaseMs + random.random() * jitterMs,
      // Frame i is due at 10 i: those of one row are pulled together.
      wakesLateMs: (i) => (framesAtOnce - 1 - (i % framesAtOnce)) * 10 + random.random(),
    });
    const { late, concealedMs } = troubles(heard);
    const corrections = heard.adjustmentsAtMs.filter((atMs) => atMs > 5000).length;
    return { late, concealedMs, corrections, targetMs: heard.receiver.targetMs };
  }

  it.each([
    [60, 1],
    [60, 2],
    [100, 1],
    [100, 2],
  ])('of %i ms, pulled %i frames at once: the delay stays, and hardly anything is invented', async (ms, frames) => {
    const runs = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => listen(ms, frames, seed)));
    const most = (of: (run: (typeof runs)[number]) => number): number => Math.max(...runs.map(of));

    expect(most((run) => run.late)).toBeLessThanOrEqual(4);
    expect(most((run) => run.concealedMs)).toBeLessThanOrEqual(100);
    expect(most((run) => run.corrections)).toBeLessThanOrEqual(3);
    expect(most((run) => run.targetMs)).toBeLessThanOrEqual(ms + 5);
  });
});

describe('the delay of speech through jitter — RFC 3550 §6.4.1', () => {
  /** From when a beep was said to when it was heard, after eighteen seconds of speech. */
  async function delayMs(frameMs: number, seed: number): Promise<number> {
    const stream = await ReceivedStream.create('PCMU');
    const random = new FakeRuntime(seed);
    const phaseMs = random.random() * 20;
    const speech = repeated(await loadSpeech(), 48_000 * 20).filter((_, i) => i % 6 === 0);
    const [beginMs, endMs] = [18_000, 18_060];
    speech.fill(0, 8 * (beginMs - 500), 8 * (endMs + 500));
    speech.set(sine(8 * 60, 1000, 8000), 8 * beginMs);
    const { samples } = stream.hear(speech, { frameMs, delayMs: () => phaseMs + random.random() * 60 });
    const quiet = 8 * (beginMs - 200);
    const heardMs = (quiet + samples.subarray(quiet).findIndex((sample) => Math.abs(sample) > 2000)) / 8;
    return heardMs - beginMs - phaseMs;
  }

  it.each([
    [5, 66],
    [10, 71],
  ])('pulled %i ms at a time is the jitter and no more than one of these steps', async (frameMs, mostMs) => {
    const delays = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => delayMs(frameMs, seed)));

    expect(Math.max(...delays)).toBeLessThan(mostMs + 2);
    expect(delays.reduce((sum, ms) => sum + ms, 0) / delays.length).toBeLessThan(mostMs - frameMs / 2 + 2.5);
  });
});

describe('a clock that drifts', () => {
  it.each([200, -200])(
    'of %i ppm runs for half an hour without a late or invented packet',
    { timeout: 60_000 },
    async (driftPpm) => {
      const stream = await ReceivedStream.create('PCMU');
      const receiver = stream.createReceiver();
      const payloads = Array.from({ length: 8 }, (_, i) =>
        stream.codec
          .createEncoder()
          .encode(sine(160 * 8, 200, 8000).subarray(i * 160, (i + 1) * 160))
          .slice(),
      );
      const frame = new Int16Array(80);
      const depths: number[] = [];
      const arrivalMs = (i: number): number => 15 + (i * 20) / (1 + driftPpm / 1e6);
      let index = 0;
      for (let nowMs = 0; nowMs < 1_800_000; nowMs += 10) {
        while (arrivalMs(index) <= nowMs) {
          receiver.receive(stream.packet(index, payloads[index % 8] ?? new Uint8Array(0)), arrivalMs(index));
          index++;
        }
        receiver.pull(frame, nowMs);
        if (nowMs % 60_000 === 0 && nowMs > 0) depths.push(receiver.bufferMs);
      }

      const { latePackets, concealedMs, grownMs, shrunkMs } = receiver.figures;
      expect({ latePackets, concealedMs }).toEqual({ latePackets: 0, concealedMs: 0 });
      // Half an hour of 200 ppm is 360 ms.
      expect(Math.abs(shrunkMs - grownMs - (1_800_000 * driftPpm) / 1e6)).toBeLessThan(60);
      expect(Math.max(...depths)).toBeLessThanOrEqual(60);
    },
  );
});

describe('silence and changes of the stream', () => {
  it('counts no loss where the peer sent nothing, and every copy of a packet (RFC 3551 §4.1)', async () => {
    const stream = await ReceivedStream.create('PCMU');
    const receiver = stream.createReceiver();
    const payload = stream.codec
      .createEncoder()
      .encode(sine(160, 300, 8000))
      .slice();
    const frame = new Int16Array(80);
    let sequence = 0;
    for (let nowMs = 0; nowMs < 6000; nowMs += 10) {
      // A second of talk, a second of nothing; the sequence goes on, the timestamp follows the time.
      if (nowMs % 20 === 0 && nowMs % 2000 < 1000) {
        const packet = stream.packet(nowMs / 20, payload, 20, { sequence: sequence++ });
        receiver.receive(packet, nowMs);
        if (sequence % 10 === 0) receiver.receive(packet, nowMs + 1);
      }
      receiver.pull(frame, nowMs);
    }

    const { concealedMs, latePackets, duplicatePackets } = receiver.figures;
    expect({ concealedMs, latePackets, duplicatePackets }).toEqual({
      concealedMs: 0,
      latePackets: 0,
      duplicatePackets: 15,
    });
    expect(receiver.tracker.lostPackets).toBe(0);
  });

  it.each([
    ['another source', { ssrc: 8 }, 100],
    ['a timestamp that leaps ahead', { timestamp: 3_000_000 }, 45],
    ['a timestamp that falls back', { timestamp: -3_000_000 }, 45],
    ['a sequence that leaps', { sequence: 20_000, timestamp: 9999 }, 100],
  ])('follows %s within %s and a tenth of a second', async (_, change, mostMs) => {
    const stream = await ReceivedStream.create('PCMU');
    const receiver = stream.createReceiver();
    const tone = sine(160 * 100, 300, 8000);
    const heard = new Int16Array(80 * 200);
    const encoder = stream.codec.createEncoder();
    for (let i = 0; i < 200; i++) {
      if (i % 2 === 0) {
        const index = i / 2;
        const packet = stream.packet(index, encoder.encode(tone.subarray(index * 160, (index + 1) * 160)).slice());
        const moved = { ...packet };
        for (const [name, by] of Object.entries(change)) {
          const key = name as 'ssrc' | 'timestamp' | 'sequence';
          moved[key] = key === 'sequence' ? (packet[key] + by) & 0xffff : (packet[key] + by) >>> 0;
        }
        receiver.receive(index < 50 ? packet : moved, i * 10);
      }
      receiver.pull(heard.subarray(i * 80, (i + 1) * 80), i * 10);
    }

    expect(longestGapMs(heard.subarray(8000 / 2), 8000, 300)).toBeLessThan(mostMs);
    expect(rms(heard.subarray(80 * 120))).toBeGreaterThan(5000);
  });

  it('plays comfort noise at the level that the peer names (RFC 3389 §3.1) and counts none of it as loss', async () => {
    const stream = await ReceivedStream.create('PCMU', { comfortNoisePayloadType: 13 });
    const receiver = stream.createReceiver();
    const encoder = stream.codec.createEncoder();
    const heard = new Int16Array(80 * 300);
    for (let i = 0; i < 300; i++) {
      const index = i / 2;
      if (i % 2 === 0 && index < 50) {
        const payload = encoder.encode(sine(160, 300, 8000)).slice();
        receiver.receive(stream.packet(index, payload), i * 10);
      } else if (index === 50 || index === 90) {
        const noise = { payloadType: 13, sequence: (65_000 + 50 + (index - 50) / 40) & 0xffff };
        const packet = stream.packet(index, Uint8Array.of(40), 20, noise);
        receiver.receive(packet, i * 10);
      }
      receiver.pull(heard.subarray(i * 80, (i + 1) * 80), i * 10);
    }

    const levelDb = 20 * Math.log10(rms(heard.subarray(80 * 150)) / 32_768);
    expect(levelDb).toBeGreaterThan(-42);
    expect(levelDb).toBeLessThan(-38);
    expect(receiver.figures.concealedMs).toBe(0);
    expect(toneToNoiseDb(heard.subarray(80 * 20, 80 * 90), 300, 8000)).toBeGreaterThan(30);
  });
});
