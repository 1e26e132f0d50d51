import { describe, expect, it } from 'vitest';
import { CodecLibrary } from '../../../../src-main/media/codec/index.ts';
import { loadResamplerFactory } from '../../../../src-main/media/dsp/index.ts';
import { MediaSession } from '../../../../src-main/media/session/media-session.ts';
import { SilentServers } from '../../../../src-main/media/nat/index.ts';
import type { SessionSockets } from '../../../../src-main/media/session/session-sockets.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { codecConfig, sessionConfig } from '../../../support/media/call-fixture.ts';

/** What a session sends when its microphone takes `openingMs` to open: marker and timestamp of each packet. */
async function sentAfter(openingMs: number): Promise<{ hasMarker: boolean; timestamp: number }[]> {
  const sent: { hasMarker: boolean; timestamp: number }[] = [];
  const runtime = new FakeRuntime();
  const session = new MediaSession({
    sessionId: 'a',
    config: sessionConfig(),
    runtime,
    codecs: await CodecLibrary.load(),
    resamplers: await loadResamplerFactory(),
    source: { kind: 'device' },
    silentServers: new SilentServers(runtime),
    emit: () => {},
    onPosition: () => {},
    onKept: () => {},
  });
  session.attach({
    localRtp: { address: '127.0.0.1', port: 4000 },
    localRtcp: { address: '127.0.0.1', port: 4001 },
    latch: {},
    setStream: () => {},
    close: () => {},
    sendRtcp: () => {},
    sendRtp: (bytes: Uint8Array) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      sent.push({ hasMarker: view.getUint8(1) >= 0x80, timestamp: view.getUint32(4) });
    },
  } as unknown as SessionSockets);
  const remote = { address: '127.0.0.1', port: 5000 };
  session.setStream({
    remoteRtp: remote,
    remoteRtcp: remote,
    direction: 'sendReceive',
    codecs: [codecConfig('PCMU')],
  });
  await runtime.advance(openingMs);
  for (let frame = 0; frame < 4; frame++) session.sendFrame(new Int16Array(80));
  await session.close();
  return sent;
}

describe('the timestamp across the opening of the microphone — RFC 3550 §5.1', () => {
  it('goes on by the time that nothing was sampled, and marks the sound after it', async () => {
    const [first, second, third] = await sentAfter(200);

    expect((second?.timestamp ?? 0) - (first?.timestamp ?? 0)).toBe(200 * 8);
    expect((third?.timestamp ?? 0) - (second?.timestamp ?? 0)).toBe(160);
    expect([second?.hasMarker, third?.hasMarker]).toEqual([true, false]);
  });

  it('is not moved by the steps of a clock', async () => {
    const [first, second] = await sentAfter(40);

    expect((second?.timestamp ?? 0) - (first?.timestamp ?? 0)).toBe(160);
    expect(second?.hasMarker).toBe(false);
  });
});
