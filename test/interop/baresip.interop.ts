// Calls with baresip through Kamailio: DTMF, and who hangs up.
import { beforeAll, describe, expect, it } from 'vitest';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { DOMAIN, pause, Peer, startServer, type LabServer } from '../support/lab.ts';
import { hasProgram, requireProgram, type SkippingContext } from '../support/requirements.ts';

const PROGRAMS = ['kamailio', 'baresip', 'sox'] as const;

let server: LabServer;
const needPeers = (context: SkippingContext) => requireProgram(context, ...PROGRAMS);

beforeAll(async () => {
  if (PROGRAMS.every(hasProgram)) server = await startServer();
});
async function openPhone(): Promise<Daemon> {
  const phone = await startDaemon({
    config: {
      accounts: [server.account('alice', { codecs: ['PCMU'] })],
      sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] },
      media: { address: '127.0.0.1' },
    },
  });
  await phone.registration('registered');
  return phone;
}

async function openPeer(): Promise<Peer> {
  const peer = new Peer('baresip', { user: 'bob', server: server.address, codecs: 'pcmu' });
  await peer.event('registered', 15_000);
  return peer;
}

describe('a call with baresip', () => {
  it('carries DTMF both ways (RFC 4733 §2.5)', async (context) => {
    needPeers(context);
    const [phone, peer] = await Promise.all([openPhone(), openPeer()]);
    const callId = await phone.dial(`sip:bob@${DOMAIN}`);
    await phone.until('way of DTMF', () => (phone.calls.get(callId)?.media.dtmf === 'rfc4733' ? true : undefined));
    await phone.command('call.sendDtmf', { callId, digits: '159#' });
    const pressed = () =>
      peer.events
        .filter(({ ev }) => ev === 'CALL_DTMF_START')
        .map(({ param }) => String(param))
        .join('');
    await peer.until('digits', () => (pressed().length >= 4 ? true : undefined), 5000).catch(() => undefined);
    expect(pressed()).toBe('159#');
    for (const digit of '26*') {
      peer.write(`dtmf ${digit}`);
      // A press takes its time, and the peer has one at a time.
      await pause(500);
    }
    await phone.until('digits', () => (phone.digits.length >= 3 ? true : undefined), 5000).catch(() => undefined);
    expect(phone.digits).toBe('26*');
    await peer.quit();
    await phone.call(callId, 'ended');
    await phone.terminate();
  });

  it('ends at both when baresip hangs up (RFC 3261 §15.1.2)', async (context) => {
    needPeers(context);
    const [phone, peer] = await Promise.all([openPhone(), openPeer()]);
    const callId = await phone.dial(`sip:bob@${DOMAIN}`);
    await peer.event('CALL_ESTABLISHED');
    peer.write('hangup');
    const { end } = await phone.call(callId, 'ended');
    expect(end?.by).toBe('remote');
    await peer.quit();
    await phone.terminate();
  });
});
