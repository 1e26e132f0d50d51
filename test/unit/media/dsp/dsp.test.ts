import { beforeAll, describe, expect, it } from 'vitest';
import {
  Concealment,
  createTone,
  levelDbov,
  LevelMeter,
  Limiter,
  loadResamplerFactory,
  SilenceDetector,
  type ResamplerFactory,
} from '../../../../src-main/media/dsp/index.ts';
import { rms, sine, toneAmplitude, toneToNoiseDb } from '../../../support/media/tone-check.ts';

describe('resampler', () => {
  let factory: ResamplerFactory;
  beforeAll(async () => {
    factory = await loadResamplerFactory();
  });

  it.each([
    [8000, 48_000],
    [16_000, 48_000],
    [48_000, 8000],
    [48_000, 16_000],
    [44_100, 48_000],
  ])('converts %i to %i Hz frame by frame without noise', (fromHz, toHz) => {
    const resampler = factory.create(fromHz, toHz);
    const input = sine(fromHz, 1000, fromHz);
    const output: number[] = [];
    for (let at = 0; at < fromHz; at += fromHz / 100)
      output.push(...resampler.process(input.subarray(at, at + fromHz / 100)));
    resampler.close();
    resampler.close();

    const heard = Int16Array.from(output).subarray(toHz / 10);
    expect(output.length).toBe(toHz);
    expect(toneAmplitude(heard, 1000, toHz)).toBeCloseTo(8000, -2);
    expect(toneToNoiseDb(heard, 1000, toHz)).toBeGreaterThan(60);
  });

  it.each([
    [8000, 48_000, 3],
    [48_000, 8000, 3],
    [16_000, 48_000, 1.5],
    [48_000, 16_000, 1.5],
  ])('is heard %i to %i Hz as %d ms of delay, and speech keeps its breadth', (fromHz, toHz, delayMs) => {
    const resampler = factory.create(fromHz, toHz);
    const step = new Int16Array(fromHz / 10).fill(8000, fromHz / 20);
    const heard = resampler.process(step).slice();
    const highest = 0.425 * Math.min(fromHz, toHz);
    const tone = resampler.process(sine(fromHz, highest, fromHz)).slice();
    resampler.close();

    const half = heard.findIndex((sample) => sample > 4000);
    expect(Math.abs((half * 1000) / toHz - 50 - delayMs)).toBeLessThan(0.2);
    expect(toneAmplitude(tone.subarray(toHz / 10), highest, toHz)).toBeGreaterThan(8000 * 0.7);
  });

  it('costs nothing between equal rates', () => {
    const frame = sine(80, 1000, 8000);

    expect(factory.create(8000, 8000).process(frame)).toBe(frame);
  });
});

describe('level meter — RFC 6464 §3', () => {
  it('tells levels relative to overload', () => {
    expect(levelDbov(new Int16Array(80).fill(-32_768))).toBeCloseTo(0, 5);
    expect(levelDbov(sine(800, 1000, 8000, 32_767))).toBeCloseTo(-3.01, 1);
    expect(levelDbov(new Int16Array(80))).toBe(-100);
    expect(levelDbov(new Int16Array(0))).toBe(-100);
  });

  it('collects frames until it is asked', () => {
    const meter = new LevelMeter();
    meter.add(sine(800, 1000, 8000, 3277));
    meter.add(sine(800, 1000, 8000, 3277));

    expect(meter.takeDbov()).toBeCloseTo(-23, 0);
    expect(meter.takeDbov()).toBe(-100);
  });
});

describe('silence detector', () => {
  it('counts silence since the last sound, and all sound', () => {
    const detector = new SilenceDetector();
    for (let i = 0; i < 50; i++) detector.add(new Int16Array(80), 10);
    for (let i = 0; i < 100; i++) detector.add(sine(80, 400, 8000), 10);
    for (let i = 0; i < 30; i++) detector.add(new Int16Array(80), 10);

    expect([detector.silentMs, detector.activeMs]).toEqual([300, 1000]);
  });

  it('takes steady noise for silence after a while, but not speech above it', () => {
    const detector = new SilenceDetector();
    const noise = Int16Array.from({ length: 80 }, (_, i) => ((i * 7919) % 200) - 100);
    for (let i = 0; i < 500; i++) detector.add(noise, 10);

    expect(detector.add(noise, 10)).toBe(true);
    expect(detector.add(sine(80, 400, 8000, 2000), 10)).toBe(false);
  });
});

describe('limiter', () => {
  it('passes what fits and turns down what does not', () => {
    const limiter = new Limiter();
    const output = new Int16Array(480);
    limiter.process(Int32Array.from(sine(480, 1000, 48_000, 20_000)), output);
    expect(Math.max(...output)).toBe(20_000);

    for (let i = 0; i < 5; i++)
      limiter.process(
        Int32Array.from(sine(480, 1000, 48_000, 30_000), (x) => x * 2),
        output,
      );
    expect(Math.max(...output)).toBeLessThanOrEqual(32_010);
    expect(toneToNoiseDb(output, 1000, 48_000)).toBeGreaterThan(50);
  });

  it('recovers when it is quiet again', () => {
    const limiter = new Limiter();
    const output = new Int16Array(480);
    limiter.process(new Int32Array(480).fill(120_000), output);
    for (let i = 0; i < 100; i++) limiter.process(new Int32Array(480).fill(1000), output);

    expect(output[479]).toBe(1000);
  });

  it('recovers in the same time when it is given halves of frames', () => {
    const [whole, halves] = [new Limiter(), new Limiter()];
    const output = new Int16Array(480);
    const loud = new Int32Array(480).fill(120_000);
    whole.process(loud, output);
    halves.process(loud, output);
    for (let i = 0; i < 10; i++) whole.process(new Int32Array(480).fill(10_000), output);
    const afterWhole = output[479] ?? 0;
    for (let i = 0; i < 20; i++) halves.process(new Int32Array(240).fill(10_000), output.subarray(0, 240));

    expect(afterWhole).toBeLessThan(9000);
    expect(Math.abs((output[239] ?? 0) - afterWhole)).toBeLessThan(300);
  });
});

describe('concealment — ITU-T G.711 Appendix I', () => {
  it('goes on with the pitch, then fades to silence', () => {
    const concealment = new Concealment(8000);
    concealment.receive(sine(1600, 100, 8000));

    const first = concealment.conceal(160).slice();
    const rest = Array.from({ length: 14 }, () => rms(concealment.conceal(160)));

    expect(toneAmplitude(first, 100, 8000)).toBeGreaterThan(6000);
    // After 140 ms a murmur is left of it, after 280 ms nothing.
    expect(rest[2]).toBeGreaterThan(1500);
    expect(rest[6]).toBeLessThan(1400);
    expect(rest[9]).toBeLessThan(700);
    expect(rest[13]).toBe(0);
    expect(concealment.concealedMs).toBe(300);
  });

  it('leads over to what comes after a single lost packet, be it ever so different', () => {
    const concealment = new Concealment(8000);
    concealment.receive(sine(1600, 100, 8000));
    const after = sine(1600, 150, 8000)
      .subarray(1440)
      .map((sample) => sample / 8);
    const bridge = concealment.conceal(160, after).slice();
    concealment.receive(after);

    expect(rms(bridge.subarray(0, 40))).toBeGreaterThan(4000);
    expect(rms(bridge.subarray(120))).toBeLessThan(2000);
    expect(Math.abs((after[0] ?? 0) - (bridge.at(-1) ?? 0))).toBeLessThan(400);
    // The packet after it is heard as it came.
    expect(Array.from(after)).toEqual(
      Array.from(
        sine(1600, 150, 8000)
          .subarray(1440)
          .map((sample) => sample / 8),
      ),
    );
  });

  it('blends into the first good frame without a jump', () => {
    const concealment = new Concealment(8000);
    concealment.receive(sine(1600, 100, 8000));
    const last = concealment.conceal(160).at(-1) ?? 0;
    const good = new Int16Array(160).fill(-8000);
    concealment.receive(good);

    expect(Math.abs((good[0] ?? 0) - last)).toBeLessThan(2500);
    expect(good[100]).toBe(-8000);
    expect(concealment.concealedMs).toBe(0);
  });
});

describe('tones — ITU-T E.180, O.9', () => {
  const render = (name: Parameters<typeof createTone>[0], ms: number, rateHz = 8000): Int16Array => {
    const samples = new Int16Array((rateHz * ms) / 1000);
    createTone(name, rateHz).fill(samples);
    return samples;
  };

  it('makes 1004 Hz at 0 dBm0', () => {
    const tone = render('milliwatt', 1000);

    expect(toneAmplitude(tone, 1004, 8000)).toBeGreaterThan(22_000);
    expect(levelDbov(tone)).toBeCloseTo(-6.2, 1);
  });

  it.each([
    ['ringBack', 0, 1000, 1500, 4900],
    ['busy', 0, 480, 520, 990],
    ['congestion', 0, 240, 260, 490],
  ] as const)('gives %s its cadence', (name, onMs, offMs, silentFromMs, silentToMs) => {
    const tone = render(name, 5000);

    expect(toneAmplitude(tone.subarray(onMs * 8, offMs * 8), 425, 8000)).toBeGreaterThan(3000);
    expect(rms(tone.subarray(silentFromMs * 8, silentToMs * 8))).toBe(0);
  });

  it('ends the beep, and no other', () => {
    const beep = createTone('beep', 8000);
    const frames = Array.from({ length: 60 }, () => beep.fill(new Int16Array(80)));

    expect(frames.filter(Boolean).length).toBe(49);
    expect(createTone('ring', 8000).fill(new Int16Array(80_000))).toBe(true);
  });

  it('plays a tune that is never silent for long', () => {
    const music = render('music', 8000);

    for (let second = 0; second < 8; second++) {
      expect(levelDbov(music.subarray(second * 8000, (second + 1) * 8000))).toBeGreaterThan(-35);
    }
  });
});
