import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMediaEngine, type MediaEngine, type MicrophoneEvent } from '../../../../src-main/media/index.ts';
import { CallFixture, connect, expectOk, sessionConfig } from '../../../support/media/call-fixture.ts';
import { loadSpeech, mix, noise, repeated } from '../../../support/media/speech.ts';
import { rms } from '../../../support/media/tone-check.ts';
import { silentLogger } from '../../../../src-main/base/logger.ts';

let fixture: CallFixture;
let told: MicrophoneEvent[] = [];
beforeEach(async () => {
  fixture = await CallFixture.create();
  told = [];
});
afterEach(() => fixture.close());

const device = { source: { kind: 'device' }, playsToDevice: true } as const;

/** A call whose first phone speaks `samples`; its chain has had the real time that loading takes. */
async function call(samples: Int16Array): Promise<{ a: MediaEngine; sessionId: string }> {
  const a = await fixture.engine(await fixture.writeWav('mic.wav', samples));
  const b = await fixture.engine();
  a.events.on('microphone', ({ event }) => told.push(event));
  const sessions = await connect(a, b, 'PCMU', [sessionConfig(device), sessionConfig(device)]);
  await new Promise((resolve) => setTimeout(resolve, 200));
  return { a, sessionId: sessions.a.sessionId };
}

describe('what a speaker should know of his microphone', () => {
  it('is told when he talks while muted, not too often, and never while he is heard', async () => {
    const { a, sessionId } = await call(repeated(await loadSpeech(), 48_000 * 20));
    await fixture.run(3000);
    expect(told).toEqual([]);

    expectOk(await a.setMuted(sessionId, true));
    await fixture.run(9000);

    expect(told).toEqual(['speakingWhileMuted', 'speakingWhileMuted']);
  });

  it('is told when it delivers nothing, and when it is back', async () => {
    const samples = noise(48_000 * 10, 200);
    samples.fill(0, 48_000, 48_000 * 6);
    await call(samples);

    await fixture.run(8000);

    expect(told).toEqual(['microphoneSilent', 'microphoneHeard']);
  });
});

describe('the voice chain in a call', () => {
  it('takes noise out of what is sent when it is asked to, also of a file', async () => {
    let last = 0;
    const fan = noise(48_000 * 6, 300).map((sample) => (last = Math.round(0.9 * last + 0.3 * sample)));
    const captureFile = await fixture.writeWav('fan.wav', mix(fan, new Int16Array(0)));
    const a = await createMediaEngine({
      audio: {
        kind: 'file',
        captureFile,
        voice: { echoCancellation: 'on', noiseSuppression: true, automaticGain: false },
      },
      runtime: fixture.runtime,
      logger: silentLogger,
      network: fixture.network,
    });
    fixture.engines.push(a);
    const b = await fixture.engine(undefined, fixture.file('heard.wav'));
    await connect(a, b, 'L16', [sessionConfig(device), sessionConfig(device)]);
    await new Promise((resolve) => setTimeout(resolve, 300));

    await fixture.run(4000);
    await b.close();

    const [heard = new Int16Array(0)] = await fixture.readWav('heard.wav');
    expect(20 * Math.log10(rms(fan) / rms(heard.subarray(48_000 * 2)))).toBeGreaterThan(10);
  });
});
