// A place at a relay: who we are, how long it is kept, and how packets go through it.
// RFC 8656 §3.1, §3.2, §5, §6, §7, §7.4, §8, §8.1, §9, §11, §11.4, §12, §12.4, §12.5, §17, §18, §18.6, §18.8, §21.3.1,
// RFC 8445 §5.1.1.2, RFC 8489 §6.2.2, §9.2, §9.2.2, §9.2.4, §9.2.5.
import { describe, expect, it } from 'vitest';
import { buildStun, hostCandidate, Relays, TurnFraming } from '../../../../src-main/media/nat/index.ts';
import { BINDING } from '../../../../src-main/media/nat/stun-message.ts';
import { allocationAttributes, TurnMethod, wrapChannelData } from '../../../../src-main/media/nat/turn-messages.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import {
  CREDENTIALS,
  MAPPED,
  PEER,
  RELAY,
  RELAYED,
  relayDouble,
  type RelayDouble,
} from '../../../support/media/relay-double.ts';

const SECOND_PEER = { address: '203.0.113.6', port: 4002 };
const times = ({ asked }: RelayDouble, wanted: number): number[] =>
  asked.filter(({ method }) => method === wanted).map(({ atMs }) => atMs);

async function allocated(options?: Parameters<typeof relayDouble>[0]): Promise<RelayDouble> {
  const relay = relayDouble(options);
  const allocating = relay.allocation.allocate();
  await relay.runtime.advance(100);
  expect(await allocating).toEqual({ ok: true, value: { relayed: RELAYED, mapped: MAPPED } });
  return relay;
}

describe('an allocation (RFC 8656 §6, §7)', () => {
  it('is given once the relay knows who asks (RFC 8489 §9.2.4)', async () => {
    const { asked } = await allocated();

    expect(asked).toMatchObject([{ isProven: false }, { isProven: true }]);
    expect(asked.every(({ method }) => method === TurnMethod.allocate)).toBe(true);
  });

  it('asks for datagrams, of IPv6 where that is spoken (§18.6, §18.8)', () => {
    expect(allocationAttributes(false)).toEqual([{ type: 0x0019, value: Uint8Array.of(17, 0, 0, 0) }]);
    expect(allocationAttributes(true)[1]).toEqual({ type: 0x0017, value: Uint8Array.of(2, 0, 0, 0) });
  });

  it.each([401, 403, 441, 442, 486, 508])('is not given after a refusal with %i', async (code) => {
    const relay = relayDouble();
    relay.refusals.set(TurnMethod.allocate, code);
    const allocating = relay.allocation.allocate();
    await relay.runtime.advance(1000);

    expect(await allocating).toEqual({ ok: false, error: code });
    expect(relay.asked.length).toBeLessThanOrEqual(3);
  });

  it('takes the place of one that a lost process had from the same port (§7.4)', async () => {
    const relay = relayDouble();
    relay.refusals.set(TurnMethod.allocate, 437);
    const allocating = relay.allocation.allocate();
    await relay.runtime.advance(1000);

    expect(await allocating).toMatchObject({ ok: true, value: { relayed: RELAYED } });
    expect(relay.asked.at(-2)).toMatchObject({ method: TurnMethod.refresh, lifetimeSec: 0, isProven: true });
  });

  it('waits for a relay that says too early that the old place is given back (§7.4)', async () => {
    const relay = relayDouble();
    relay.refusals.set(TurnMethod.allocate, 437);
    const allocating = relay.allocation.allocate();
    await relay.runtime.advance(35);
    relay.refusals.set(TurnMethod.allocate, 437);
    await relay.runtime.advance(1000);
    relay.refusals.clear();
    await relay.runtime.advance(200);

    expect(await allocating).toMatchObject({ ok: true, value: { relayed: RELAYED } });
    expect(times(relay, TurnMethod.refresh)).toHaveLength(1);
    expect(times(relay, TurnMethod.allocate).length).toBeLessThan(16);
  });

  it('asks no more when it is closed while it waits', async () => {
    const relay = relayDouble();
    relay.refusals.set(TurnMethod.allocate, 437);
    void relay.allocation.allocate();
    await relay.runtime.advance(35);
    relay.refusals.set(TurnMethod.allocate, 437);
    await relay.runtime.advance(300);
    relay.allocation.close();
    const { length } = relay.asked;
    await relay.runtime.advance(5000);

    expect(relay.asked).toHaveLength(length);
  });

  it.each([437, undefined])('tells when a refresh is answered with %s: the place is lost (§8.1)', async (code) => {
    const relay = await allocated();
    if (code === undefined) relay.isSilent = true;
    else relay.refusals.set(TurnMethod.refresh, code);
    await relay.runtime.advance(540_000);
    expect(relay.lostAtMs).toHaveLength(code === undefined ? 0 : 1);
    await relay.runtime.advance(60_000);

    expect(relay.lostAtMs).toHaveLength(1);
    relay.allocation.send(Buffer.from('nobody hears it'), PEER);
    expect(relay.relayed).toEqual([]);
  });

  it.each([
    ['is there', undefined, true],
    ['has forgotten us', 437, false],
    ['is silent', 'silent', false],
  ])('is confirmed, or lost, within two seconds where the relay %s (§8.1)', async (_, fault, isThere) => {
    const relay = await allocated();
    if (fault === 'silent') relay.isSilent = true;
    else if (typeof fault === 'number') relay.refusals.set(TurnMethod.refresh, fault);
    const confirming = relay.allocation.confirm();
    await relay.runtime.advance(2100);

    expect(await confirming).toBe(isThere);
    expect(relay.lostAtMs).toHaveLength(isThere ? 0 : 1);
    await relay.runtime.advance(600_000);
    expect(relay.lostAtMs).toHaveLength(isThere ? 0 : 1);
  });

  it('is asked for seven times by datagrams, once by a stream (RFC 8489 §6.2.2)', async () => {
    for (const isStream of [false, true]) {
      const relay = relayDouble({ isStream });
      relay.isSilent = true;
      const allocating = relay.allocation.allocate();
      await relay.runtime.advance(60_000);

      expect(await allocating).toEqual({ ok: false, error: 'noAnswer' });
      expect(relay.asked).toHaveLength(isStream ? 1 : 7);
    }
  });

  it('is refreshed a minute before its end, with a nonce that has changed (§8.1)', async () => {
    const relay = await allocated();
    relay.nonce = 'second';
    await relay.runtime.advance(600_000);
    const refreshes = relay.asked.filter(({ method }) => method === TurnMethod.refresh);

    expect(refreshes).toMatchObject([{ isProven: false }, { isProven: true, lifetimeSec: 600 }]);
    expect(refreshes[0]?.atMs).toBeLessThanOrEqual(541_000);
  });

  it.each([0, 1, 2 ** 32 - 1])(
    'keeps within bounds when the relay gives %i seconds (§3.2)',
    async (givesLifetimeSec) => {
      const relay = await allocated({ givesLifetimeSec });
      await relay.runtime.advance(3_600_000);

      const count = times(relay, TurnMethod.refresh).length;
      expect(count).toBeGreaterThanOrEqual(1);
      expect(count).toBeLessThanOrEqual(120);
    },
  );

  it('is given back at the end, and nothing is left behind (§8.1)', async () => {
    const relay = await allocated();
    relay.allocation.send(Buffer.from('x'), PEER);
    await relay.runtime.advance(100);
    relay.allocation.close();
    await relay.runtime.advance(100);

    expect(relay.asked.at(-1)).toMatchObject({ method: TurnMethod.refresh, lifetimeSec: 0, isProven: true });
    relay.allocation.send(Buffer.from('late'), PEER);
    expect(relay.relayed.map(({ text }) => text)).toEqual(['x']);
    expect(relay.runtime.pendingTimers).toBe(0);
  });
});

describe('packets through a relay (RFC 8656 §9 to §12)', () => {
  it('wait for the permission, then go as indications (§9, §11)', async () => {
    const relay = await allocated();
    for (const text of ['one', 'two']) relay.allocation.send(Buffer.from(text), PEER);
    expect(relay.relayed).toEqual([]);
    await relay.runtime.advance(100);
    relay.allocation.send(Buffer.from('three'), { ...PEER, port: 4001 });

    expect(relay.relayed.map(({ by, text, to }) => `${by} ${text} ${to.port}`)).toEqual([
      'indication one 4000',
      'indication two 4000',
      'indication three 4001',
    ]);
    expect(times(relay, TurnMethod.createPermission)).toHaveLength(1);
  });

  it('take the channel of whom we speak with, four bytes more and no copy (§12.4)', async () => {
    const relay = await allocated();
    relay.allocation.send(Buffer.from('check'), PEER);
    relay.allocation.bind(PEER);
    await relay.runtime.advance(100);
    relay.allocation.send(Buffer.from('sound'), PEER);
    relay.deliver('answer', PEER, 'channel');

    expect(relay.relayed.map(({ by }) => by)).toEqual(['indication', 'channel']);
    expect(relay.heard).toEqual([{ text: 'answer', from: PEER }]);
  });

  it('go on as indications where the channel is refused', async () => {
    const relay = await allocated();
    relay.refusals.set(TurnMethod.channelBind, 400);
    relay.allocation.bind(PEER);
    relay.allocation.send(Buffer.from('a'), PEER);
    await relay.runtime.advance(100);
    relay.allocation.send(Buffer.from('b'), PEER);

    expect(relay.relayed.map(({ by }) => by)).toEqual(['indication', 'indication']);
  });

  it('are not sent where the relay forbids the peer', async () => {
    const relay = await allocated();
    relay.refusals.set(TurnMethod.createPermission, 403);
    relay.allocation.send(Buffer.from('a'), PEER);
    await relay.runtime.advance(1000);

    expect(relay.relayed).toEqual([]);
  });

  it('are heard only of those whom we have sent to (§11.4)', async () => {
    const relay = await allocated();
    relay.allocation.send(Buffer.from('check'), PEER);
    await relay.runtime.advance(100);
    relay.deliver('from the peer', { ...PEER, port: 4999 });
    relay.deliver('from a stranger', SECOND_PEER);
    relay.allocation.receiveChannelData(wrapChannelData(0x4abc, Buffer.from('no such channel'), false));

    expect(relay.heard).toEqual([{ text: 'from the peer', from: { ...PEER, port: 4999 } }]);
  });

  it('keep their permission and their channel as long as they are needed (§9)', async () => {
    const relay = await allocated();
    relay.allocation.send(Buffer.from('check'), PEER);
    relay.allocation.bind(PEER);
    await relay.runtime.advance(1_200_000);

    for (const method of [TurnMethod.createPermission, TurnMethod.channelBind]) {
      const asked = times(relay, method);
      expect(asked.length).toBeGreaterThanOrEqual(5);
      for (const [index, atMs] of asked.slice(1).entries()) expect(atMs - (asked[index] ?? 0)).toBeLessThan(300_000);
    }
  });

  it.each(['127.0.0.1', '0.0.0.0', '224.0.0.1', '::1', '::', '::ffff:127.0.0.1', 'ff02::1', 'a name', RELAY.address])(
    'never go to the relay itself: %s (§21.3.1)',
    async (address) => {
      const relay = await allocated();
      relay.allocation.send(Buffer.from('x'), { address, port: RELAY.port });
      relay.allocation.bind({ address, port: RELAY.port });
      await relay.runtime.advance(1000);

      expect(relay.asked.filter(({ method }) => method !== TurnMethod.allocate)).toEqual([]);
    },
  );

  it('go to another place at the same relay', async () => {
    const relay = await allocated();
    relay.allocation.send(Buffer.from('x'), { ...RELAY, port: 50_002 });
    await relay.runtime.advance(1000);

    expect(relay.relayed).toHaveLength(1);
  });

  it('of a peer that names places without end cost no memory', async () => {
    const relay = await allocated();
    for (let host = 1; host < 250; host++) {
      relay.allocation.send(Buffer.from('x'), { address: `203.0.113.${host}`, port: 4000 });
      relay.allocation.bind({ address: `203.0.113.${host}`, port: 4000 });
    }
    await relay.runtime.advance(1000);

    expect(times(relay, TurnMethod.createPermission)).toHaveLength(32);
    expect(times(relay, TurnMethod.channelBind)).toHaveLength(8);
  });
});

describe('a stream to a relay (RFC 8656 §3.1, §12.5)', () => {
  it('carries messages and channel data in one another’s wake, however it is cut', async () => {
    const relay = await allocated({ isStream: true });
    relay.allocation.send(Buffer.from('check'), PEER);
    relay.allocation.bind(PEER);
    await relay.runtime.advance(100);
    for (const text of ['1', '22', '333', '4444']) relay.allocation.send(Buffer.from(text), PEER);

    expect(relay.relayed.map(({ text }) => text)).toEqual(['check', '1', '22', '333', '4444']);
    const whole = Buffer.concat(['a', 'bcd'].map((text) => wrapChannelData(0x4000, Buffer.from(text), true)));
    const framing = new TurnFraming();
    const messages = [...whole].flatMap((byte) => [...(framing.take(Uint8Array.of(byte)) ?? [])]);
    expect(messages.map(({ length }) => length)).toEqual([8, 8]);
  });

  it('is over when it carries something else', () => {
    expect(new TurnFraming().take(Buffer.from('\u0080HTTP', 'latin1'))).toBeUndefined();
  });
});

describe('the places of a session at a relay (RFC 8445 §5.1.1.2)', () => {
  const host = hostCandidate(1, { address: '192.0.2.1', port: 4000 });
  const opened = async (isStream: boolean): Promise<Relays> => {
    const relays = new Relays({
      ...{
        runtime: new FakeRuntime(),
        credentials: CREDENTIALS,
        hosts: [host],
        onData: () => {},
        onLost: () => {},
        onKept: () => {},
      },
      server: { ...RELAY, transport: isStream ? 'tcp' : 'udp' },
      open: () => Promise.resolve({ isStream, send: () => {}, close: () => {} }),
    });
    void relays.find();
    await new Promise((resolve) => setTimeout(resolve, 1));
    return relays;
  };
  const binding = (): Uint8Array =>
    buildStun({ kind: 'success', method: BINDING, transactionId: new Uint8Array(12), attributes: [] });

  it.each([false, true])(
    'leave to others what a STUN server at the same place answers (stream: %s)',
    async (isStream) => {
      const relays = await opened(isStream);

      expect(relays.receive(binding(), 1, RELAY)).toBe(false);
      expect(relays.hasAnswered).toBe(false);
      relays.close();
    },
  );

  it('take no datagrams where they are reached by a stream', async () => {
    const relays = await opened(true);

    expect(relays.receive(wrapChannelData(0x4000, Uint8Array.of(1), false), 1, RELAY)).toBe(false);
    relays.close();
  });
});
