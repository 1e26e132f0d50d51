// Every codec in packets of 10 to 60 ms, heard at the other end. RFC 8866 §6.4, RFC 3551 §4.2, RFC 7587 §6.1
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CodecName } from '../../../../src-main/media/index.ts';
import { CallFixture, codecConfig, expectOk, sessionConfig, streamTo } from '../../../support/media/call-fixture.ts';
import { longestGapMs, sine, toneAmplitude } from '../../../support/media/tone-check.ts';

let fixture: CallFixture;
beforeEach(async () => {
  fixture = await CallFixture.create();
});
afterEach(() => fixture.close());

const device = { source: { kind: 'device' }, playsToDevice: true } as const;
const TIMES: Readonly<Record<CodecName, readonly number[]>> = {
  PCMU: [10, 30, 60],
  PCMA: [10, 40, 60],
  G722: [10, 30, 50, 60],
  L16: [10, 30, 60],
  opus: [10, 20, 40, 60],
};
const CASES = (Object.keys(TIMES) as CodecName[]).flatMap((codec) => TIMES[codec].map((ms) => [codec, ms] as const));

describe('packet times — RFC 8866 §6.4', () => {
  it.each(CASES)('%s in packets of %i ms: as many as that, and the tone is whole', async (codec, packetMs) => {
    const a = await fixture.engine(await fixture.writeWav('mic.wav', sine(48_000, 1000, 48_000)));
    const b = await fixture.engine(undefined, fixture.file('heard.wav'));
    const openedA = expectOk(await a.openSession(sessionConfig(device)));
    const openedB = expectOk(await b.openSession(sessionConfig(device)));
    const codecs = [codecConfig(codec, packetMs)] as const;
    expectOk(await a.setStream(openedA.sessionId, streamTo(openedB, codec, { codecs })));
    expectOk(await b.setStream(openedB.sessionId, streamTo(openedA, codec, { codecs })));
    await fixture.run(1200);
    await b.close();

    const sound = fixture.network.sent.filter(({ from }) => from === openedA.rtp.port);
    expect(Math.abs(sound.length - 1200 / packetMs)).toBeLessThanOrEqual(2);
    const [heard = new Int16Array(0)] = await fixture.readWav('heard.wav');
    const steady = heard.subarray(24_000, 52_800);
    expect(toneAmplitude(steady, 1000, 48_000)).toBeGreaterThan(7000);
    expect(longestGapMs(steady, 48_000)).toBeLessThan(2);
  });
});
