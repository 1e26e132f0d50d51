// Two agents find each other: lost checks, quarrels about the role, places that only a check shows, and consent.
// RFC 8445 §2.5, §5.1, §5.3, §6, §7, §8, §6.1.1, §6.1.2.4, §6.1.4.2, §7.1, §7.1.1, §7.2.2, §7.2.5.1, §7.2.5.2.1, §7.2.5.3.1, §7.2.5.3.2, §7.2.5.3.3,
// §7.3, §7.3.1.1, §7.3.1.4, §7.3.1.5, §5.2, §7.2, §8.1.1, §8.1.2, §14.2, §14.3, RFC 7675 §5.1, RFC 8489 §6.2.1, §6.3.1.1, §9.1.3.
import { describe, expect, it } from 'vitest';
import { hostCandidate, IceAgent, type IceCandidate } from '../../../../src-main/media/nat/index.ts';
import { buildCheck, buildError, buildSuccess } from '../../../../src-main/media/nat/check-messages.ts';
import { errorCodeOf, textAttribute, valueOf, Attribute } from '../../../../src-main/media/nat/stun-attributes.ts';
import { BINDING, buildStun, parseStun } from '../../../../src-main/media/nat/stun-message.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { ADDRESSES, icePair, type IceEnd } from '../../../support/media/ice-pair.ts';

const remoteOf = (end: IceEnd) => [...end.selected.values()].map(({ remote }) => remote);
const PLACE = { address: ADDRESSES.right, port: 4001 };

describe('two agents (RFC 8445)', () => {
  it('find the host pair of both components, and only who controls has chosen (§8.1.1)', async () => {
    const { runtime, left, right, begin } = icePair();
    begin();
    await runtime.advance(2000);

    expect([left.agent.state, right.agent.state]).toEqual(['completed', 'completed']);
    expect(remoteOf(left)).toEqual([1, 2].map((each) => ({ address: ADDRESSES.right, port: 4000 + each })));
    expect(remoteOf(right)).toEqual([1, 2].map((each) => ({ address: ADDRESSES.left, port: 4000 + each })));
    const choices = ({ sent }: IceEnd): number =>
      sent.filter(({ bytes }) => {
        const message = parseStun(bytes);
        return message?.kind === 'request' && valueOf(message, Attribute.useCandidate) !== undefined;
      }).length;
    expect([choices(left), choices(right)]).toEqual([2, 0]);
    expect(left.selected.get(1)).toMatchObject({ local: { kind: 'host' }, remoteKind: 'host' });
  });

  it('check one component where reports go the same way', async () => {
    const { runtime, left, begin } = icePair();
    begin({ components: [1] });
    await runtime.advance(2000);

    expect(left.agent.state).toBe('completed');
    expect([...left.selected.keys()]).toEqual([1]);
  });

  it('leave 50 ms between checks (§14.2)', async () => {
    const { runtime, left, begin } = icePair();
    begin();
    await runtime.advance(1000);
    const checks = left.sent.filter(({ bytes }) => parseStun(bytes)?.kind === 'request').map(({ atMs }) => atMs);

    expect(checks.length).toBeGreaterThan(2);
    for (const [at, each] of checks.slice(1).entries()) expect(each - (checks[at] ?? 0)).toBeGreaterThanOrEqual(50);
  });

  it.each([1, 2, 3, 4, 5, 6])('find each other though every fourth datagram is lost (seed %i)', async (seed) => {
    const { runtime, network, left, right, begin } = icePair(seed);
    network.loss = 0.25;
    begin();
    await runtime.advance(20_000);

    expect([left.agent.state, right.agent.state]).toEqual(['completed', 'completed']);
  });

  it.each([
    [true, true],
    [false, false],
  ])('settle who controls when both say %s (§7.3.1.1)', async (leftControls, rightControls) => {
    const { runtime, left, right, begin } = icePair();
    begin({ leftControls, rightControls });
    await runtime.advance(3000);

    expect(left.agent.isControlling).toBe(!right.agent.isControlling);
    expect([left.agent.state, right.agent.state]).toEqual(['completed', 'completed']);
  });

  it('find a place that only a check shows (§7.3.1.4, §7.2.5.3.1, §7.2.5.3.2)', async () => {
    const { runtime, network, left, right, begin } = icePair();
    network.translate = ({ address, port }) =>
      address === ADDRESSES.left ? { address: '198.51.100.7', port: port + 20_000 } : { address, port };
    begin({ told: (candidates) => candidates.map(outOfReach) });
    await runtime.advance(5000);

    expect([left.agent.state, right.agent.state]).toEqual(['completed', 'completed']);
    expect(right.selected.get(1)).toMatchObject({
      remote: { address: '198.51.100.7', port: 24_001 },
      remoteKind: 'prflx',
    });
    const [seen] = left.completed;
    expect(seen?.local).toMatchObject({
      ...{ kind: 'prflx', component: 1, address: '198.51.100.7', port: 24_001 },
      related: { address: ADDRESSES.left, port: 4001 },
    });
    expect(right.agent.knows(1, { address: '198.51.100.7', port: 24_001 })).toBe(true);
    expect(right.agent.knows(1, { address: '198.51.100.8', port: 24_001 })).toBe(false);
  });

  it('answer checks that come before the description, and remember them', async () => {
    const { runtime, left, right } = icePair();
    const remote = { ...left.credentials, candidates: left.candidates, isLite: false };
    right.agent.start({ remote, isControlling: false, components: [1] });
    await runtime.advance(100);
    expect(left.sent.length).toBeGreaterThan(0);
    left.agent.start({
      remote: { ...right.credentials, candidates: [], isLite: false },
      isControlling: true,
      components: [1],
    });
    await runtime.advance(2000);

    expect(left.selected.get(1)).toMatchObject({ remote: PLACE, remoteKind: 'prflx' });
  });

  it('give up after a while', async () => {
    const { runtime, network, left, begin } = icePair();
    network.isCut = true;
    begin();
    await runtime.advance(19_000);
    expect(left.failures).toEqual([]);
    await runtime.advance(2000);

    expect([left.agent.state, ...left.failures]).toEqual(['failed', 'noWay']);
    const { length } = left.sent;
    await runtime.advance(60_000);
    expect(left.sent.length).toBe(length);
  });

  it('ask for consent every five seconds, and stop after thirty without (RFC 7675 §5.1)', async () => {
    const { runtime, network, left, right, begin } = icePair();
    begin({ components: [1] });
    await runtime.advance(60_000);
    expect([...left.failures, ...right.failures]).toEqual([]);
    const asked = left.sent.filter(({ atMs, bytes }) => atMs > 5000 && parseStun(bytes)?.kind === 'request');
    expect(asked.length).toBeGreaterThanOrEqual(9);
    expect(asked.length).toBeLessThanOrEqual(14);
    network.isCut = true;
    await runtime.advance(22_000);
    expect(left.failures).toEqual([]);
    await runtime.advance(9000);

    expect([...left.failures, ...right.failures]).toEqual(['consentLost', 'consentLost']);
    expect(runtime.pendingTimers).toBe(0);
  });
});

const outOfReach = (candidate: IceCandidate): IceCandidate =>
  candidate.address === ADDRESSES.left ? { ...candidate, address: '10.0.0.1' } : candidate;

/** One agent, and what it sends. */
function alone() {
  const runtime = new FakeRuntime(7);
  const sent: Uint8Array[] = [];
  const local = { ufrag: 'ours', pwd: 'our-password-of-22-chars' };
  const selected: unknown[] = [];
  const failures: string[] = [];
  const agent = new IceAgent({
    runtime,
    local,
    localCandidates: [hostCandidate(1, { address: ADDRESSES.left, port: 4001 })],
    send: (bytes) => sent.push(bytes),
    onSelected: (pair) => selected.push(pair),
    onCompleted: () => {},
    onFailed: (reason) => failures.push(reason),
  });
  const remote = { ufrag: 'theirs', pwd: 'their-password-of-22-chars' };
  return { runtime, sent, agent, local, remote, selected, failures };
}

const CHECK = { isControlling: true, tieBreaker: 5n, priority: 7, isNominating: false };
const ID = new Uint8Array(12).fill(9);
const lastError = (sent: readonly Uint8Array[]): number | undefined => {
  const message = parseStun(sent.at(-1) ?? new Uint8Array(0));
  return message && errorCodeOf(message);
};

describe('one agent', () => {
  it("refuses checks that are not for it or not the peer's (RFC 8489 §9.1.3)", () => {
    const { agent, sent, local, remote } = alone();
    agent.receive(buildStun({ kind: 'request', method: BINDING, transactionId: ID, attributes: [] }), 1, PLACE);
    expect(lastError(sent)).toBe(400);
    agent.receive(buildCheck(CHECK, ID, remote, { ...local, pwd: 'guessed' }), 1, PLACE);
    expect(lastError(sent)).toBe(401);
    agent.receive(buildCheck(CHECK, ID, remote, { ...local, ufrag: 'others' }), 1, PLACE);
    expect(lastError(sent)).toBe(401);
    expect(agent.knows(1, PLACE)).toBe(false);
    agent.receive(buildCheck(CHECK, ID, remote, local), 1, PLACE);
    expect(parseStun(sent.at(-1) ?? ID)?.kind).toBe('success');
    expect(agent.knows(1, PLACE)).toBe(true);
  });

  it('says what it did not understand (RFC 8489 §6.3.1.1)', () => {
    const { agent, sent, local } = alone();
    const attributes = [textAttribute(Attribute.username, 'ours:theirs'), { type: 0x7abc, value: new Uint8Array(1) }];
    agent.receive(buildStun({ kind: 'request', method: BINDING, transactionId: ID, attributes }, local.pwd), 1, PLACE);

    expect(lastError(sent)).toBe(420);
  });

  it('believes no answer that comes from elsewhere (RFC 8445 §7.2.5.2.1)', async () => {
    const { agent, sent, remote, runtime, selected } = alone();
    const candidates = [hostCandidate(1, PLACE)];
    agent.start({ remote: { ...remote, candidates, isLite: false }, isControlling: true, components: [1] });
    const request = parseStun(sent[0] ?? ID);
    if (!request) throw new Error('nothing was asked');
    const local = { address: ADDRESSES.left, port: 4001 };
    agent.receive(buildSuccess(request, local, remote.pwd), 1, { ...PLACE, port: 5000 });
    await runtime.advance(1000);

    expect(agent.pairs.map(({ state }) => state)).toEqual(['failed']);
    expect(selected).toEqual([]);
  });

  it('takes an answer from elsewhere for no consent (RFC 7675 §5.1)', async () => {
    const { agent, sent, remote, runtime, selected, failures } = alone();
    const candidates = [hostCandidate(1, PLACE)];
    agent.start({ remote: { ...remote, candidates, isLite: false }, isControlling: true, components: [1] });
    for (let step = 0; step < 800; step++) {
      const request = parseStun(sent.at(-1) ?? ID);
      const from = selected.length > 0 ? { ...PLACE, port: 5000 } : PLACE;
      if (request?.kind === 'request')
        agent.receive(buildSuccess(request, { address: ADDRESSES.left, port: 4001 }, remote.pwd), 1, from);
      await runtime.advance(50);
    }

    expect(selected).toHaveLength(1);
    expect(failures).toEqual(['consentLost']);
  });

  it('forgets what it chose when it loses its role in the choice (RFC 8445 §7.2.5.1)', async () => {
    const { agent, sent, remote, runtime, selected } = alone();
    const candidates = [hostCandidate(1, PLACE)];
    const local = { address: ADDRESSES.left, port: 4001 };
    agent.start({ remote: { ...remote, candidates, isLite: false }, isControlling: true, components: [1] });
    const answered = new Set<string>();
    for (let step = 0; step < 30; step++) {
      const request = parseStun(sent.at(-1) ?? ID);
      const id = Buffer.from(request?.transactionId ?? ID).toString('hex');
      if (request?.kind === 'request' && !answered.has(id)) {
        answered.add(id);
        const isChoice = valueOf(request, Attribute.useCandidate) !== undefined;
        const answer = isChoice ? buildError(request, 487, remote.pwd) : buildSuccess(request, local, remote.pwd);
        agent.receive(answer, 1, PLACE);
      }
      await runtime.advance(50);
    }

    expect(agent.isControlling).toBe(false);
    expect(selected).toEqual([]);
  });

  it.each([
    [true, 0n, 487, true],
    [true, 2n ** 64n - 1n, undefined, false],
    [false, 0n, undefined, true],
    [false, 2n ** 64n - 1n, 487, false],
  ])('controls %s and meets the number %s in its own role (RFC 8445 §7.3.1.1)', (before, tieBreaker, error, after) => {
    const { agent, sent, remote, local } = alone();
    agent.start({ remote: { ...remote, candidates: [], isLite: false }, isControlling: before, components: [1] });
    agent.receive(buildCheck({ ...CHECK, isControlling: before, tieBreaker }, ID, remote, local), 1, PLACE);
    const answer = parseStun(sent[0] ?? ID);

    expect([answer && errorCodeOf(answer), agent.isControlling]).toEqual([error, after]);
  });

  it('controls where the peer is lite (RFC 8445 §2.5)', () => {
    const { agent, remote } = alone();
    const candidates = [hostCandidate(1, PLACE)];
    agent.start({ remote: { ...remote, candidates, isLite: true }, isControlling: false, components: [1] });

    expect(agent.isControlling).toBe(true);
  });

  it('remembers 16 checks that come before the description', () => {
    const { agent, remote, local } = alone();
    for (let port = 1; port <= 40; port++) agent.receive(buildCheck(CHECK, ID, remote, local), 1, { ...PLACE, port });
    agent.start({ remote: { ...remote, candidates: [], isLite: false }, isControlling: false, components: [1] });

    expect(agent.pairs.length).toBe(16);
  });

  it('keeps a bounded number of places in mind (RFC 8445 §6.1.2.5)', () => {
    const { agent, remote, local } = alone();
    agent.start({ remote: { ...remote, candidates: [], isLite: false }, isControlling: false, components: [1] });
    for (let port = 1; port <= 500; port++) {
      agent.receive(buildCheck(CHECK, ID, remote, local), 1, { ...PLACE, port });
    }

    expect(agent.pairs.length).toBe(100);
  });
});
