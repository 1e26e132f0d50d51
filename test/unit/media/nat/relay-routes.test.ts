// The ways to a relay: which are tried, when the next one begins, and what becomes of those that come too late.
// RFC 8656 §3.1, RFC 7065 §3.1, RFC 8445 §5.1.1.2.
import { describe, expect, it } from 'vitest';
import {
  parseTurnServers,
  RelayRoutes,
  type IceCandidate,
  type TurnServer,
} from '../../../../src-main/media/nat/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

const transportsOf = (text: string): readonly string[] =>
  parseTurnServers(text).map(({ transport, port }) => `${transport} ${port}`);

describe('the ways that an account names (RFC 7065 §3.1)', () => {
  it.each([
    ['turn:relay.example.net', ['udp 3478', 'tcp 3478', 'tls 5349']],
    ['relay.example.net:3478', ['udp 3478', 'tcp 3478', 'tls 5349']],
    ['turn:[2001:db8::1]:443', ['udp 443', 'tcp 443', 'tls 443']],
    ['turn:relay.example.net?transport=udp', ['udp 3478']],
    ['turn:relay.example.net?transport=tcp', ['tcp 3478']],
    ['turns:relay.example.net', ['tls 5349']],
    ['turns:relay.example.net:443?transport=tcp', ['tls 443']],
    ['no relay at all', []],
  ])('%s', (text, ways) => expect(transportsOf(text)).toEqual(ways));
});

const PLACE: IceCandidate = {
  ...{ foundation: 'a', component: 1, priority: 1, address: '192.0.2.50', port: 50_000, kind: 'relay' },
};

interface Plan {
  /** When the relay says its first word, and its last. */
  readonly answersMs?: number;
  readonly settlesMs?: number;
  readonly found?: readonly IceCandidate[];
}

/** A relay that answers by each way as it is planned; what is not planned is silent for a second and a half. */
function relay(plans: Partial<Record<TurnServer['transport'], Plan>>) {
  const runtime = new FakeRuntime();
  const tried: string[] = [];
  const closed: string[] = [];
  const noted: string[] = [];
  const sent: string[] = [];
  const routes = new RelayRoutes({
    runtime,
    servers: parseTurnServers('turn:relay.example.net'),
    note: ({ transport }, hasAnswered) => noted.push(`${transport} ${hasAnswered}`),
    create: ({ transport }) => {
      const { answersMs, settlesMs = 1500, found = [] } = plans[transport] ?? {};
      const startedMs = runtime.nowMs();
      tried.push(`${transport} ${startedMs}`);
      return {
        get hasAnswered() {
          return answersMs !== undefined && runtime.nowMs() - startedMs >= answersMs;
        },
        kept: [],
        find: () => new Promise((resolve) => void runtime.setTimer(settlesMs, () => resolve(found))),
        receive: () => false,
        send: () => sent.push(transport),
        bind: () => {},
        confirm: () => Promise.resolve(true),
        close: () => closed.push(transport),
      };
    },
  });
  return { runtime, routes, tried, closed, noted, sent };
}

async function settledAfterMs({ runtime, routes }: ReturnType<typeof relay>): Promise<[number, number]> {
  let settled: [number, number] | undefined;
  void routes.find().then((found) => (settled = [runtime.nowMs(), found.length]));
  for (let ms = 0; ms < 3000 && !settled; ms += 10) await runtime.advance(10);
  return settled ?? [Infinity, 0];
}

const works = (answersMs: number, settlesMs: number): Plan => ({ answersMs, settlesMs, found: [PLACE] });

describe('the ways to a relay (RFC 8656 §3.1)', () => {
  it('are datagrams alone where they work, however long the rest of it takes', async () => {
    const there = relay({ udp: works(200, 600) });

    expect(await settledAfterMs(there)).toEqual([600, 1]);
    expect(there.tried).toEqual(['udp 0']);
    expect(there.noted).toEqual(['udp true']);
  });

  it('are a stream beside them where nothing has come after a quarter of a second', async () => {
    const there = relay({ tcp: works(20, 60) });

    expect(await settledAfterMs(there)).toEqual([310, 1]);
    expect(there.tried).toEqual(['udp 0', 'tcp 250']);
    there.routes.send(new Uint8Array(1), 1, PLACE);
    expect(there.sent).toEqual(['tcp']);
    await there.runtime.advance(2000);
    expect(there.noted).toEqual(['tcp true', 'udp false']);
    expect(there.closed).toEqual(['udp']);
  });

  it('are a secured stream at last', async () => {
    const there = relay({ tls: works(50, 100) });

    expect(await settledAfterMs(there)).toEqual([600, 1]);
    expect(there.tried).toEqual(['udp 0', 'tcp 250', 'tls 500']);
  });

  it('are the next one at once where one cannot be had', async () => {
    const there = relay({ tcp: { settlesMs: 5 }, tls: works(20, 40) });

    expect((await settledAfterMs(there))[0]).toBeLessThan(310);
    expect(there.tried).toEqual(['udp 0', 'tcp 250', 'tls 255']);
  });

  it('are not sought where the relay refuses', async () => {
    const there = relay({ udp: { answersMs: 20, settlesMs: 40 } });

    expect(await settledAfterMs(there)).toEqual([40, 0]);
    expect(there.tried).toEqual(['udp 0']);
  });

  it('cost no call more than a second and a half', async () => {
    const there = relay({});

    expect(await settledAfterMs(there)).toEqual([1500, 0]);
    await there.runtime.advance(3000);
    expect(there.closed).toEqual(['udp', 'tcp', 'tls']);
  });

  it('give back what comes too late', async () => {
    const there = relay({ udp: works(400, 900), tcp: works(20, 60) });
    await settledAfterMs(there);
    await there.runtime.advance(2000);

    expect(there.closed).toEqual(['udp']);
    expect(there.noted).toEqual(['tcp true', 'udp true']);
  });

  it('are all given up with the session', async () => {
    const there = relay({});
    const finding = there.routes.find();
    await there.runtime.advance(300);
    there.routes.close();

    expect(await finding).toEqual([]);
    expect(there.closed).toEqual(['udp', 'tcp']);
    await there.runtime.advance(3000);
    expect(there.tried).toHaveLength(2);
    expect(there.noted).toEqual([]);
  });
});
