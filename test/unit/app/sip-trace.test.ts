import { describe, expect, it } from 'vitest';
import { SipTrace } from '../../../src-main/app/sip-trace.ts';
import { FakeRuntime } from '../../support/fake-runtime.ts';
import { requestOf } from '../../support/message-builders.ts';
import { TransportSpy } from '../../support/transport-pair.ts';
import { VirtualNetwork } from '../../support/virtual-network.ts';

async function traceOf(count: number, body: string): Promise<SipTrace> {
  const alice = new TransportSpy(new VirtualNetwork(new FakeRuntime()), ['192.0.2.1']);
  await alice.layer.listen({ protocol: 'udp', address: '192.0.2.1', port: 5060 });
  const trace = new SipTrace(alice.layer);
  const flow = await alice.flowTo({ protocol: 'udp', address: { address: '192.0.2.2', port: 5060 } });
  for (let index = 0; index < count; index++) flow.send(requestOf({ branch: `z9hG4bK${index}`, body }));
  return trace;
}

describe('the trace of messages', () => {
  it('keeps the newest 500 messages', async () => {
    const entries = (await traceOf(600, '')).list();

    expect(entries).toHaveLength(500);
    expect(entries.at(-1)?.text).toContain('z9hG4bK599');
  });

  it('keeps them up to 4 MiB', async () => {
    const entries = (await traceOf(200, 'x'.repeat(60_000))).list();

    expect(entries.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(4 << 20);
    expect(entries.length).toBeGreaterThan(60);
    expect(entries.at(-1)?.text).toContain('z9hG4bK199');
  });
});
