import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallFixture, connect, expectOk, sessionConfig, streamTo } from '../../../support/media/call-fixture.ts';

let fixture: CallFixture;

beforeEach(async () => {
  fixture = await CallFixture.create();
});
afterEach(() => fixture.close());

const MILLIWATT = sessionConfig({ source: { kind: 'tone', tone: 'milliwatt' } });
const isRtp = (bytes: Uint8Array): boolean => bytes[1] === 0 || bytes[1] === 128;

describe('a session that is moved to another address', () => {
  it('goes on from new sockets as the same stream, its old ports free again — RFC 3550 §8.1', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    const opened = await connect(a, b, 'PCMU', [MILLIWATT, MILLIWATT]);
    await fixture.run(500);

    const moved = expectOk(await a.moveSession(opened.a.sessionId, '127.0.0.2'));
    expectOk(await b.setStream(opened.b.sessionId, streamTo(moved, 'PCMU')));
    await fixture.run(500);

    const { sent, takenPorts } = fixture.network;
    const sequenceOf = (port: number): number[] =>
      sent
        .filter(({ from, bytes }) => from === port && isRtp(bytes))
        .map(({ bytes }) => Buffer.from(bytes).readUInt16BE(2));
    const ssrcs = new Set(
      sent
        .filter(({ from, bytes }) => [opened.a.rtp.port, moved.rtp.port].includes(from) && isRtp(bytes))
        .map(({ bytes }) => Buffer.from(bytes).readUInt32BE(8)),
    );
    expect(moved.rtp.address).toBe('127.0.0.2');
    expect(sequenceOf(moved.rtp.port)[0]).toBe((sequenceOf(opened.a.rtp.port).at(-1)! + 1) & 0xffff);
    expect(ssrcs.size).toBe(1);
    expect(sent.filter(({ to }) => to === moved.rtp.port).length).toBeGreaterThan(20);
    expect(takenPorts.has(opened.a.rtp.port)).toBe(false);
    expect(takenPorts.has(moved.rtp.port)).toBe(true);
  });

  it('stays where it is when there are no ports to be had', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    const opened = await connect(a, b, 'PCMU', [MILLIWATT, MILLIWATT]);
    for (let port = 40_000; port < 40_100; port++) fixture.network.takenPorts.add(port);

    const moved = await a.moveSession(opened.a.sessionId, '127.0.0.2');
    const before = fixture.network.sent.length;
    await fixture.run(200);

    expect(moved).toMatchObject({ ok: false, error: { kind: 'noFreePort' } });
    expect(fixture.network.sent.slice(before).some(({ from }) => from === opened.a.rtp.port)).toBe(true);
  });

  it('is none that nobody has opened', async () => {
    const a = await fixture.engine();

    expect(await a.moveSession('nobody', '127.0.0.2')).toMatchObject({ ok: false });
  });
});
