// Where a server sees us, in half a second or not at all. RFC 8445 §5.1.1.2, RFC 8489 §8.1, RFC 7064 §3.1.
import { describe, expect, it } from 'vitest';
import type { SocketAddress } from '../../../../src-main/base/socket-address.ts';
import { hostCandidate, parseStun, ReflexiveSearcher } from '../../../../src-main/media/nat/index.ts';
import { buildSuccess } from '../../../../src-main/media/nat/check-messages.ts';
import { parseStunServer } from '../../../../src-main/media/nat/server-place.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

const HOST = hostCandidate(1, { address: '10.0.0.5', port: 4000 });
const SEEN = { address: '198.51.100.7', port: 61_000 };
const SERVER = { address: '192.0.2.50', port: 3478 };

/** A search whose questions get the answers of `answer`, from `from`. */
async function search(answers: boolean, from: SocketAddress = SERVER) {
  const runtime = new FakeRuntime();
  const askedMs: number[] = [];
  const searcher = new ReflexiveSearcher({
    runtime,
    server: 'stun:192.0.2.50',
    hosts: [HOST],
    send: (bytes, _component, to) => {
      expect(to).toEqual(SERVER);
      askedMs.push(runtime.nowMs());
      const request = parseStun(bytes);
      const answer = request && parseStun(buildSuccess(request, SEEN, 'any'));
      if (answer && answers) runtime.setTimer(10, () => searcher.receive(answer, from));
    },
  });
  let tookMs: number | undefined;
  const finding = searcher.find().then((candidates) => {
    tookMs = runtime.nowMs();
    return candidates;
  });
  await runtime.advance(3000);
  return { candidates: await finding, tookMs, askedMs, runtime };
}

describe('the search for reflexive candidates (RFC 8445 §5.1.1.2)', () => {
  it('finds where the server sees us', async () => {
    const { candidates, tookMs, runtime } = await search(true);

    const related = { address: HOST.address, port: HOST.port };
    expect(candidates).toMatchObject([{ ...SEEN, kind: 'srflx', component: 1, related, priority: 1_694_498_815 }]);
    expect(tookMs).toBeLessThanOrEqual(10);
    expect(runtime.pendingTimers).toBe(0);
  });

  it('asks three times and waits half a second, no longer', async () => {
    const { candidates, tookMs, askedMs } = await search(false);

    expect(candidates).toEqual([]);
    expect(tookMs).toBe(500);
    expect(askedMs).toEqual([0, 100, 300]);
  });

  it('believes nobody else', async () => {
    expect((await search(true, { ...SERVER, address: '192.0.2.51' })).candidates).toEqual([]);
  });

  it.each([
    ['stun:stun.example.net', { address: 'stun.example.net', port: 3478 }],
    ['stun.example.net:19302', { address: 'stun.example.net', port: 19_302 }],
    ['[2001:db8::1]:3479', { address: '2001:db8::1', port: 3479 }],
    ['stun.example.net:0', undefined],
    ['a b', undefined],
    ['', undefined],
  ])('reads the server "%s" (RFC 7064 §3.1)', (text, place) => expect(parseStunServer(text)).toEqual(place));
});
