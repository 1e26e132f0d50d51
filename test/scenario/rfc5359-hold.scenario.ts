import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { liveCalls as live } from '../support/connected-phones.ts';
import { inviteLines, requestLines } from '../support/flow-record.ts';
import { heardLoudness, speak } from '../support/heard-loudness.ts';
import { openFlow } from '../support/phone-flow.ts';

describe('holding a call — RFC 5359 §2', () => {
  it('hold and take back a call with one re-INVITE each — RFC 5359 §2.1', async () => {
    const { alice, bob, connect, flow, scenario } = await openFlow();
    const callId = await connect(alice, bob);
    await Promise.all([bob.do['call.hold']({ callId: bob.callId }), scenario.advance(300)]);
    expect(flow.endToEnd).toEqual(inviteLines('bob', 'alice'));
    expect(flow.body('bob > alice: INVITE')).toContain('a=sendonly');
    expect(flow.body('alice > bob: 200 INVITE')).toContain('a=recvonly');
    expect(alice.view.calls).toMatchObject([{ id: callId, isRemoteHolding: true }]);

    flow.clear();
    await Promise.all([bob.do['call.resume']({ callId: bob.callId }), scenario.advance(300)]);
    expect(flow.endToEnd).toEqual(inviteLines('bob', 'alice'));
    expect(alice.view.calls).toMatchObject([{ isRemoteHolding: false }]);
  });

  it('hold one call to consult another, and come back — RFC 5359 §2.2', async () => {
    const { alice, bob, carol, connect, flow, scenario } = await openFlow();
    await connect(alice, bob);
    const first = bob.callId;
    await Promise.all([bob.do['call.hold']({ callId: first }), scenario.advance(300)]);
    await connect(bob, carol);
    const second = bob.callId;
    await bob.do['call.hangUp']({ callId: second });
    await scenario.advance(300);
    await Promise.all([bob.do['call.resume']({ callId: first }), scenario.advance(300)]);

    expect(flow.endToEnd).toEqual([...requestLines('bob', 'carol', 'BYE'), ...inviteLines('bob', 'alice')]);
    expect(live(alice)).toMatchObject([{ state: 'connected', isRemoteHolding: false }]);
  });

  it('let the peer hear nothing of what is said meanwhile — RFC 5359 §2.1', async () => {
    const { alice, bob, connect, scenario } = await openFlow();
    const callId = await connect(alice, bob);
    await speak(alice);
    expect(await heardLoudness(scenario, bob)).toBeGreaterThan(300);

    await Promise.all([alice.do['call.hold']({ callId }), scenario.advance(500)]);
    expect(await heardLoudness(scenario, bob)).toBeLessThan(50);

    await Promise.all([alice.do['call.resume']({ callId }), scenario.advance(500)]);
    expect(await heardLoudness(scenario, bob)).toBeGreaterThan(300);
  });

  it('let the peer hear music where the user wants that — RFC 5359 §2.3', async () => {
    const { bob, connect, scenario } = await openFlow();
    const holdMusicFile = join(import.meta.dirname, '..', '..', 'assets/audio/speech.wav');
    const dave = await scenario.phone('dave', { calls: { holdMusicFile } });
    const callId = await connect(dave, bob);
    expect(await heardLoudness(scenario, bob)).toBeLessThan(50);

    await Promise.all([dave.do['call.hold']({ callId }), scenario.advance(500)]);

    expect(live(bob)).toMatchObject([{ isRemoteHolding: true }]);
    expect(await heardLoudness(scenario, bob)).toBeGreaterThan(300);
  });
});
