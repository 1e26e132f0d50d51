// Two phones call each other, and a collector of its own socket hears how it sounded from both. RFC 6035 §3.1, §4.6, RFC 3611 §4.7
import { createSocket, type Socket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { buildResponse, formatUri, parseMessage, serializeMessage } from '../../src-main/sip/syntax/index.ts';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { pause } from '../support/lab.ts';

const TALK_MS = 4500;
const HOST = '127.0.0.1';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});
interface Report {
  readonly target: string;
  readonly event: string;
  readonly contentType: string;
  readonly body: string;
}

/** Takes every PUBLISH; repetitions are not counted. */
async function startCollector(): Promise<{ address: string; reports: Report[] }> {
  const socket: Socket = createSocket('udp4');
  closers.push(() => socket.close());
  const reports = new Map<string, Report>();
  socket.on('message', (bytes, from) => {
    const parsed = parseMessage(bytes);
    if (!parsed.ok || parsed.value.kind !== 'request' || parsed.value.method !== 'PUBLISH') return;
    const request = parsed.value;
    const { callId, requestUri, headers, body } = request;
    reports.set(callId, {
      target: formatUri(requestUri),
      event: headers.first('Event') ?? '',
      contentType: headers.first('Content-Type') ?? '',
      body: Buffer.from(body).toString(),
    });
    socket.send(serializeMessage(buildResponse(request, 200)), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, HOST, resolve));
  const list: Report[] = [];
  return {
    address: `sip:collector@${HOST}:${socket.address().port}`,
    get reports() {
      return (list.splice(0, list.length, ...reports.values()), list);
    },
  };
}

async function phone(user: string, qualityCollector: string | null): Promise<Daemon> {
  const daemon = await startDaemon({
    config: {
      accounts: [{ address: `sip:${user}@${HOST}`, register: false, codecs: ['PCMU'], qualityCollector }],
      sip: { listen: [{ transport: 'udp', address: HOST }] },
      media: { address: HOST },
      calls: { autoAnswerAfterSec: 0 },
    },
  });
  closers.push(() => void daemon.terminate());
  return daemon;
}

describe('a quality report — RFC 6035 §3.1', () => {
  it('reaches the collector from both phones when the call is over', async () => {
    const collector = await startCollector();
    const [alice, bob] = [await phone('alice', collector.address), await phone('bob', collector.address)];
    const port = bob.listen[0]?.port ?? 0;
    const callId = await alice.dial(`sip:bob@${HOST}:${port}`);
    await pause(TALK_MS);
    await alice.command('call.hangUp', { callId });
    await alice.until('two reports', () => (collector.reports.length === 2 ? true : undefined));

    for (const { target, event, contentType, body } of collector.reports) {
      expect([target, event, contentType]).toEqual([collector.address, 'vq-rtcpxr', 'application/vq-rtcpxr']);
      expect(body).toMatch(/^VQSessionReport: CallTerm\r\nCallID: \S+\r\n/);
      expect(body).toMatch(/PacketLoss: NLR=0\.00 JDR=0\.00\r\n/);
      expect(body).toMatch(/QualityEst: RCQ=9\d MOSLQ=4\.4 MOSCQ=4\.[34]\r\n/);
      // Each has heard how the other hears it.
      expect(body).toMatch(/RemoteMetrics:\r\n[^]*QualityEst: RCQ=9\d/);
    }
    const ends = collector.reports.map(({ body }) => /LocalAddr: (IP=.*)\r\nRemoteAddr: (IP=.*)\r\n/.exec(body));
    expect(ends[0]?.[1]).toBe(ends[1]?.[2]);
    expect(ends[0]?.[2]).toBe(ends[1]?.[1]);
  });
});
