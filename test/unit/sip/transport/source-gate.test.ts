import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src-main/base/logger.ts';
import { serializeMessage, type SipMessage } from '../../../../src-main/sip/syntax/index.ts';
import { SourceGate, TransportLayer } from '../../../../src-main/sip/transport/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { requestOf } from '../../../support/message-builders.ts';
import { RawPeer } from '../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

const LIMITS = { invitesPerSec: 10, othersPerSec: 100 };
const bytesOf = (text: string): Uint8Array => Buffer.from(text);
const INVITE = bytesOf('INVITE sip:a@b SIP/2.0\r\n');
const BYE = bytesOf('BYE sip:a@b SIP/2.0\r\n');

const admitted = (gate: SourceGate, bytes: Uint8Array, source: string, nowMs: number, tries = 1000): number =>
  Array.from({ length: tries }, () => gate.admits(bytes, source, nowMs)).filter(Boolean).length;

describe('the gate for one source — RFC 3261 §26.1.5', () => {
  it('lets two seconds’ worth of INVITEs in at once, and then its rate', () => {
    const gate = new SourceGate(LIMITS);

    expect(admitted(gate, INVITE, '192.0.2.1', 0)).toBe(20);
    expect(admitted(gate, INVITE, '192.0.2.1', 1000)).toBe(10);
  });

  it('takes nothing from what else the source sends, nor from other sources', () => {
    const gate = new SourceGate(LIMITS);
    admitted(gate, INVITE, '192.0.2.1', 0);

    expect(admitted(gate, BYE, '192.0.2.1', 0)).toBe(200);
    expect(admitted(gate, INVITE, '192.0.2.2', 0)).toBe(20);
  });

  it('sees an INVITE behind line ends too — RFC 3261 §7.5', () => {
    for (const lineEnds of [2, 4, 40]) {
      const gate = new SourceGate(LIMITS);
      const hidden = bytesOf(`${'\r\n'.repeat(lineEnds / 2)}INVITE sip:a@b SIP/2.0\r\n`);
      expect(admitted(gate, hidden, '192.0.2.1', 0)).toBe(20);
    }
    expect(admitted(new SourceGate(LIMITS), bytesOf('\r\n\r\n'), '192.0.2.1', 0)).toBe(200);
  });

  it('counts an IPv6 /64 as one source — RFC 6177 §2', () => {
    const gate = new SourceGate(LIMITS);
    admitted(gate, INVITE, '2001:db8::1', 0);

    expect(gate.admits(INVITE, '2001:db8::2', 0)).toBe(false);
    expect(gate.admits(INVITE, '2001:db8:0:1::2', 0)).toBe(true);
  });

  it('remembers so many sources; the others share one budget until somebody rests', () => {
    const gate = new SourceGate(LIMITS);
    const addressOf = (index: number): string => `198.51.${index >> 8}.${index & 255}`;
    for (let index = 0; index < 20_000; index++) admitted(gate, INVITE, addressOf(index), 0, 3);

    expect(gate.sourceCount).toBe(1024);
    expect(gate.admits(INVITE, '203.0.113.1', 0)).toBe(false);
    expect(admitted(gate, INVITE, '203.0.113.1', 10_000)).toBe(20);
    expect(gate.sourceCount).toBe(1024);
  });
});

describe('a transport with limits on what one source sends — RFC 3261 §26.1.5', () => {
  let runtime: FakeRuntime;
  let network: VirtualNetwork;
  let received: SipMessage[];
  let transport: TransportLayer;

  beforeEach(async () => {
    runtime = new FakeRuntime();
    network = new VirtualNetwork(runtime);
    received = [];
    const user = {
      onMessage: (message: SipMessage) => void received.push(message),
      onSendFailed: () => {},
      onFlowClosed: () => {},
    };
    const host = network.host('10.0.0.1');
    transport = new TransportLayer({ network: host, runtime, logger: silentLogger, user, receiveLimits: LIMITS });
    for (const protocol of ['udp', 'tcp'] as const)
      await transport.listen({ protocol, address: '10.0.0.1', port: 5060 });
  });

  it('drops what is too much without an answer, and hears others', async () => {
    const flooder = await RawPeer.open(network, '10.0.0.66');
    const friend = await RawPeer.open(network, '10.0.0.2');
    const invite = serializeMessage(requestOf({ method: 'INVITE' }));
    for (let count = 0; count < 1000; count++) flooder.sendBytes(invite, { address: '10.0.0.1', port: 5060 });
    friend.sendBytes(invite, { address: '10.0.0.1', port: 5060 });
    await runtime.advance(50);

    expect(received).toHaveLength(21);
    expect(transport.counters.floodedMessages).toBe(980);
    expect(flooder.received).toEqual([]);
    expect(runtime.pendingTimers).toBe(0);
  });

  it('ends a connection that brings too much', async () => {
    let closed = '';
    const target = { address: '10.0.0.1', port: 5060, protocol: 'tcp' } as const;
    const opening = network.host('10.0.0.66').connectStream(target, new AbortController().signal);
    await runtime.advance(50);
    const opened = await opening;
    if (!opened.ok) throw new Error(opened.error.message);
    opened.value.start({ onData: () => {}, onClosed: (reason) => (closed = reason) });
    const invite = serializeMessage(requestOf({ method: 'INVITE' }));
    opened.value.write(Buffer.concat(Array.from({ length: 100 }, () => invite)));
    await runtime.advance(100);

    expect(received).toHaveLength(20);
    expect(closed).not.toBe('');
  });
});
