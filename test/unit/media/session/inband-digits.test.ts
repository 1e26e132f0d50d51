import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CodecName, MediaEngine, SessionOpened, SessionStream } from '../../../../src-main/media/index.ts';
import { CallFixture, expectOk, sessionConfig, streamTo } from '../../../support/media/call-fixture.ts';

let fixture: CallFixture;
let digits = '';
beforeEach(async () => {
  fixture = await CallFixture.create();
  digits = '';
});
afterEach(() => fixture.close());

function withoutEvents(peer: SessionOpened, codec: CodecName): SessionStream {
  const { remoteRtp, remoteRtcp, direction, codecs } = streamTo(peer, codec);
  return { remoteRtp, remoteRtcp, direction, codecs };
}

async function call(
  codec: CodecName,
  streamOf: (peer: SessionOpened, codec: CodecName) => SessionStream,
): Promise<{ a: MediaEngine; sessionId: string }> {
  const [a, b] = [await fixture.engine(), await fixture.engine()];
  b.events.on('digitReceived', ({ digit }) => (digits += digit));
  const openedA = expectOk(await a.openSession(sessionConfig()));
  const openedB = expectOk(await b.openSession(sessionConfig()));
  expectOk(await a.setStream(openedA.sessionId, streamOf(openedB, codec)));
  expectOk(await b.setStream(openedB.sessionId, streamOf(openedA, codec)));
  await fixture.run(500);
  return { a, sessionId: openedA.sessionId };
}

describe('digits as sound — RFC 4733 §3.2', () => {
  it.each<CodecName>(['PCMU', 'PCMA', 'G722', 'opus', 'L16'])('reach the peer once each through %s', async (codec) => {
    const { a, sessionId } = await call(codec, withoutEvents);

    const sent = a.sendDigits(sessionId, '1159*0#D');
    await fixture.run(2500);

    expect(await sent).toEqual({ ok: true, value: undefined });
    expect(digits).toBe('1159*0#D');
  });

  it.each<[CodecName, missed: number]>([
    ['PCMU', 0],
    ['G722', 0],
    // What Opus makes up for a lost packet is no tone: a digit whose middle is lost may be missed, never doubled.
    ['opus', 1],
  ])('survive 3 percent loss through %s, of sixteen but %i', async (codec, missed) => {
    fixture.network.isLost = ({ bytes }) => bytes.length > 20 && fixture.runtime.random() < 0.03;
    const { a, sessionId } = await call(codec, withoutEvents);
    const sent = '123456789*0#ABCD';

    void a.sendDigits(sessionId, sent);
    await fixture.run(4000);

    expect(digits.length).toBeGreaterThanOrEqual(sent.length - missed);
    expect(
      Array.from(sent)
        .filter((digit) => digits.includes(digit))
        .join(''),
    ).toBe(digits);
  });

  it('are neither sent nor heard where events were negotiated', async () => {
    const { a, sessionId } = await call('PCMU', streamTo);

    void a.sendDigits(sessionId, '42');
    await fixture.run(1500);

    expect(digits).toBe('42');
  });
});
