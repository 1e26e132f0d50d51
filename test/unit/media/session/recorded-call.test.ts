// Recording a call as Ogg, and the tone that tells both sides of it.
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordingConfig } from '../../../../src-main/media/index.ts';
import { CallFixture, connect, expectOk, sessionConfig } from '../../../support/media/call-fixture.ts';
import { decodeOggOpus } from '../../../support/media/ogg-file.ts';
import { sine, toneAmplitude } from '../../../support/media/tone-check.ts';

let fixture: CallFixture;
beforeEach(async () => {
  fixture = await CallFixture.create();
});
afterEach(() => fixture.close());

const device = { source: { kind: 'device' }, playsToDevice: true } as const;

/** A call between two phones of which the first records for `ms`. */
async function record(config: Omit<RecordingConfig, 'file' | 'tracks'>, name: string, ms: number, mic?: Int16Array) {
  const a = await fixture.engine(mic && (await fixture.writeWav('mic.wav', mic)), fixture.file('ear-a.wav'));
  const b = await fixture.engine(undefined, fixture.file('ear-b.wav'));
  const { a: opened } = await connect(a, b, 'PCMU', [sessionConfig(device), sessionConfig(device)]);
  await fixture.run(300);
  expectOk(await a.startRecording(opened.sessionId, { file: fixture.file(name), tracks: 'both', ...config }));
  await fixture.run(ms);
  const summary = expectOk(await a.stopRecording(opened.sessionId));
  await a.close();
  await b.close();
  const heard = async (file: string): Promise<Int16Array> => (await fixture.readWav(file))[0] ?? new Int16Array(0);
  return { summary, here: await heard('ear-a.wav'), there: await heard('ear-b.wav') };
}

/** Milliseconds in which the tone of 1400 Hz is heard. */
const beepMs = (samples: Int16Array): number => {
  let ms = 0;
  for (let at = 0; at + 960 <= samples.length; at += 960)
    if (toneAmplitude(samples.subarray(at, at + 960), 1400, 48_000) > 2500) ms += 20;
  return ms;
};

describe('a recorded call', () => {
  it('is kept as Opus in Ogg with what was said', async () => {
    const { summary } = await record({ format: 'ogg' }, 'call.ogg', 1500, sine(48_000, 440, 48_000));

    const [sent = new Int16Array(0), received = new Int16Array(0)] = await decodeOggOpus(
      await readFile(fixture.file('call.ogg')),
    );
    expect(summary.end).toBe('stopped');
    expect(sent.length / 48).toBeCloseTo(summary.durationMs, -1);
    expect(toneAmplitude(sent.subarray(9600, 48_000), 440, 48_000)).toBeGreaterThan(6000);
    expect(toneAmplitude(received.subarray(9600, 48_000), 440, 48_000)).toBeLessThan(200);
  });

  it('is silent about it unless it is told to speak', async () => {
    const { here, there } = await record({}, 'call.wav', 800);
    expect([beepMs(here), beepMs(there)]).toEqual([0, 0]);
  });

  it('tells both sides once at its start', async () => {
    const { here, there } = await record({ beep: 'start' }, 'call.wav', 1200);
    for (const heard of [here, there]) {
      expect(beepMs(heard)).toBeGreaterThanOrEqual(160);
      expect(beepMs(heard)).toBeLessThanOrEqual(240);
    }
  });

  it('tells both sides every 15 seconds', async () => {
    const { here, there } = await record({ beep: 'repeated' }, 'call.wav', 15_800);
    for (const heard of [here, there]) {
      expect(beepMs(heard)).toBeGreaterThanOrEqual(320);
      expect(beepMs(heard)).toBeLessThanOrEqual(480);
    }
  });
});
