// A collector hears of a call that becomes bad while it goes on, that it is well again, and how it was at the end. RFC 6035 §3.1, §4.6.1.1
import { afterEach, describe, expect, it } from 'vitest';
import { Scenario } from '../support/scenario-phone.ts';

let scenario: Scenario;
afterEach(() => scenario.close());

const account = (user: string, host: string) => ({
  ...{ id: user, address: `sip:${user}@${host}`, register: false, codecs: ['PCMU'] },
  qualityCollector: user === 'alice' ? 'sip:collector@10.0.0.9' : null,
});

describe('a call that becomes bad — RFC 6035 §4.6.1.1', () => {
  it('is told once for each step, and at its end; the phone whose account names no collector tells nobody', async () => {
    scenario = new Scenario();
    const alice = await scenario.phone('alice', { accounts: [account('alice', '10.0.0.1')] });
    const bob = await scenario.phone('bob', { accounts: [account('bob', '10.0.0.2')] });
    await alice.dial(bob.address);
    await scenario.advance(300);
    await bob.do['call.answer']({ callId: bob.callId });
    await scenario.advance(3000);
    // One in ten, from Bob to Alice and back.
    let count = 0;
    scenario.mediaNetwork.isLost = () => ++count % 10 === 0;
    await scenario.advance(12_000);
    scenario.mediaNetwork.isLost = () => false;
    await scenario.advance(60_000);
    const hangingUp = alice.do['call.hangUp']({ callId: alice.callId });
    await scenario.advance(1000);
    await hangingUp;

    const told = async (phone: typeof alice) => {
      const trace = await phone.do['diagnostics.getTrace']({});
      if (!trace.ok) throw new Error(trace.failure.message);
      const texts = trace.value.filter(({ direction }) => direction === 'outgoing').map(({ text }) => text);
      const requests = texts.filter((text) => text.startsWith('PUBLISH '));
      const first = new Map(requests.map((text) => [/call-id: *(\S+)/i.exec(text)?.[1] ?? '', text]));
      return [...first.values()];
    };
    const reports = await told(alice);
    const kinds = reports.map((text) => /^VQ.*$/m.exec(text)?.[0].trim());
    expect(kinds[0]).toBe('VQAlertReport: Type=NLR Severity=Warning Dir=local');
    expect(kinds).toContain('VQAlertReport: Type=NLR Severity=Clear Dir=local');
    expect(kinds.at(-1)).toBe('VQSessionReport: CallTerm');
    expect(new Set(kinds).size).toBe(kinds.length);
    for (const text of reports) {
      expect(text).toMatch(/^PUBLISH sip:collector@10\.0\.0\.9 SIP\/2\.0\r\n/);
      expect(text).toMatch(/^Event: vq-rtcpxr\r$/m);
      expect(text).toMatch(/^LocalID: <sip:alice@10\.0\.0\.1>\r$/m);
    }
    expect(await told(bob)).toEqual([]);
  });
});
