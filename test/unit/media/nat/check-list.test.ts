// Candidates and pairs in their order. RFC 8445 §5.1, §5.1.1, §5.1.1.3, §5.1.2.1, §5.1.2.2, §5.1.3, §6.1.2, §6.1.2.3, §6.1.2.5, §6.1.2.6.
import { describe, expect, it } from 'vitest';
import { hostCandidate, priorityOf, reflexiveCandidate } from '../../../../src-main/media/nat/candidate.ts';
import { CheckList, pairPriority } from '../../../../src-main/media/nat/check-list.ts';

const LEFT = { address: '192.0.2.1', port: 4000 };
const RIGHT = { address: '192.0.2.2', port: 5000 };
const both = (place: typeof LEFT) => [hostCandidate(1, place), hostCandidate(2, { ...place, port: place.port + 1 })];

describe('candidates (RFC 8445 §5.1)', () => {
  it('have the priority of §5.1.2.1', () => {
    expect(priorityOf('host', 1)).toBe(2_130_706_431);
    expect(priorityOf('host', 2)).toBe(2_130_706_430);
    expect(priorityOf('srflx', 1)).toBe(1_694_498_815);
  });

  it('share a foundation where kind and address are the same (§5.1.1.3)', () => {
    const [first, second] = both(LEFT);
    expect(first?.foundation).toBe(second?.foundation);
    expect(first?.foundation).not.toBe(hostCandidate(1, RIGHT).foundation);
  });

  it('are not told twice (§5.1.3)', () => {
    const host = hostCandidate(1, LEFT);
    expect(reflexiveCandidate(host, LEFT, 'stun.example.net')).toBeUndefined();
    expect(reflexiveCandidate(host, RIGHT, 'stun.example.net')).toMatchObject({ kind: 'srflx', related: LEFT });
  });
});

describe('a check list (RFC 8445 §6.1.2)', () => {
  it('counts the same for both sides (§6.1.2.3)', () => {
    expect(pairPriority(5, 3)).toBe((3n << 32n) + 11n);
    const ours = new CheckList([hostCandidate(1, LEFT)], [{ ...hostCandidate(1, RIGHT), priority: 77 }], true);
    const theirs = new CheckList([{ ...hostCandidate(1, RIGHT), priority: 77 }], [hostCandidate(1, LEFT)], false);
    expect(ours.pairs[0]?.priority).toBe(theirs.pairs[0]?.priority);
  });

  it('begins with one component, and goes on with the other when that works (§6.1.2.6)', () => {
    const list = new CheckList(both(LEFT), both(RIGHT), true);
    expect(list.pairs.map(({ component, state }) => [component, state])).toEqual([
      [1, 'waiting'],
      [2, 'frozen'],
    ]);
    const [first] = list.pairs;
    if (!first) throw new Error('no pair');
    first.state = 'inProgress';
    expect(list.next()).toBeUndefined();
    list.succeed(first);
    expect(list.next()?.component).toBe(2);
  });

  it('pairs no address with one of another family', () => {
    const list = new CheckList([hostCandidate(1, LEFT)], [hostCandidate(1, { address: '2001:db8::1', port: 1 })], true);
    expect(list.pairs).toEqual([]);
  });

  it('has an end (§6.1.2.5)', () => {
    const remotes = Array.from({ length: 300 }, (_, port) => hostCandidate(1, { ...RIGHT, port: port + 1 }));
    expect(new CheckList([hostCandidate(1, LEFT)], remotes, true).pairs.length).toBe(100);
  });
});
