// A recording that is sealed from its first sample: refused without a key, and then as good as a plain one.
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallFixture, connect, expectOk, sessionConfig } from '../../../support/media/call-fixture.ts';
import { sine, toneAmplitude } from '../../../support/media/tone-check.ts';

let fixture: CallFixture;
beforeEach(async () => {
  fixture = await CallFixture.create();
});
afterEach(() => fixture.close());

const device = { source: { kind: 'device' }, playsToDevice: true } as const;
const ours = { id: '1111111111111111', key: Buffer.alloc(32, 1) };
const other = { id: '2222222222222222', key: Buffer.alloc(32, 2) };

async function twoPhones() {
  const a = await fixture.engine(await fixture.writeWav('mic.wav', sine(96_000, 440, 48_000)));
  const b = await fixture.engine(undefined, fixture.file('ear.wav'));
  const { a: opened } = await connect(a, b, 'PCMU', [sessionConfig(device), sessionConfig(device)]);
  return { a, b, sessionId: opened.sessionId };
}

describe('a sealed recording', () => {
  it('is refused without a key, and leaves no file', async () => {
    const { a, sessionId } = await twoPhones();
    const file = fixture.file('none.wav');
    expect(await a.startRecording(sessionId, { file, tracks: 'mixed', isSealed: true })).toMatchObject({ ok: false });
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });

  it('is measured, exported, sent and played with its key, and says when it is not there', async () => {
    const { a, b, sessionId } = await twoPhones();
    const file = fixture.file('sealed.wav');
    expectOk(await a.setSoundKeys([ours]));
    expectOk(await a.startRecording(sessionId, { file, tracks: 'mixed', isSealed: true }));
    await fixture.run(1000);
    const { durationMs } = expectOk(await a.stopRecording(sessionId));
    expect(durationMs).toBeGreaterThan(900);
    expect((await readFile(file)).includes('RIFF')).toBe(false);

    // Keys of earlier days open what was sealed with them.
    expectOk(await a.setSoundKeys([other, ours]));
    expect(expectOk(await a.measureFile(file))).toHaveLength(100);
    expectOk(await a.exportFile(file, fixture.file('open.wav'), 'wav'));
    const [samples = new Int16Array(0)] = await fixture.readWav('open.wav');
    expect(samples.length / 48).toBeCloseTo(durationMs, -1);
    expect(toneAmplitude(samples.subarray(9600, 38_400), 440, 48_000)).toBeGreaterThan(6000);
    expectOk(await a.setSource(sessionId, { kind: 'file', file, isLooped: false }));
    await fixture.run(1200);
    await b.close();
    const [heard = new Int16Array(0)] = await fixture.readWav('ear.wav');
    expect(toneAmplitude(heard.subarray(-48_000, -19_200), 440, 48_000)).toBeGreaterThan(4000);

    expectOk(await a.setSoundKeys([other]));
    const locked = {
      ok: false,
      error: { kind: 'locked', message: 'this recording is encrypted, and its key is not here' },
    };
    expect(await a.playFile(file)).toEqual(locked);
    expect(await a.measureFile(file)).toEqual(locked);
    expect(await a.exportFile(file, fixture.file('no.wav'), 'mp3')).toEqual(locked);
  });
});
