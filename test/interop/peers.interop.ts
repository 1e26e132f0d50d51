// Transfer and texts with other people's phones through Kamailio: baresip and linphonec.
import { beforeAll, describe, expect, it } from 'vitest';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { DOMAIN, Peer, startServer, type LabServer } from '../support/lab.ts';
import { hasProgram, requireProgram, type SkippingContext } from '../support/requirements.ts';

const LOOPBACK = { sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] }, media: { address: '127.0.0.1' } };

let server: LabServer;

beforeAll(async () => {
  if (hasProgram('kamailio')) server = await startServer();
});
const needs = (context: SkippingContext, program: 'baresip' | 'linphonec') =>
  requireProgram(context, 'kamailio', 'sox', program);

async function phoneOf(user: string, calls: object = {}): Promise<Daemon> {
  const phone = await startDaemon({ config: { accounts: [server.account(user)], ...LOOPBACK, calls } });
  await phone.registration('registered');
  return phone;
}

async function peerOf(kind: 'baresip' | 'linphone', user: string): Promise<Peer> {
  const peer = new Peer(kind, { user, server: server.address, codecs: 'pcmu' });
  await peer.event('registered', 15_000);
  return peer;
}

const said = (peer: Peer, text: string) =>
  peer.until(`"${text}" at the peer`, () => peer.events.find(({ line }) => String(line).includes(text)));

describe('a transfer with baresip (RFC 5589 §6, RFC 3515 §2.4)', () => {
  it('sends baresip to somebody else, and the call here is over', async (context) => {
    needs(context, 'baresip');
    const [alice, carol, bob] = await Promise.all([
      phoneOf('alice'),
      phoneOf('carol', { autoAnswerAfterSec: 0 }),
      peerOf('baresip', 'bob'),
    ]);
    const callId = await alice.dial(`sip:bob@${DOMAIN}`);
    expect(await alice.command('call.transfer', { callId, target: 'carol' })).toEqual({ statusCode: 200 });
    const { remote } = await carol.incoming('connected');
    expect(remote.address).toContain('bob@');
    expect((await alice.call(callId, 'ended')).end?.by).toBe('local');
    await bob.quit();
    await Promise.all([alice.terminate(), carol.terminate()]);
  });

  it('goes where baresip sends us once the user says yes', async (context) => {
    needs(context, 'baresip');
    const [alice, carol, bob] = await Promise.all([
      phoneOf('alice'),
      phoneOf('carol', { autoAnswerAfterSec: 0 }),
      peerOf('baresip', 'bob'),
    ]);
    await alice.dial(`sip:bob@${DOMAIN}`);
    bob.write(`transfer sip:carol@${DOMAIN}`);
    const asked = await alice.until('question', () => alice.view?.calls.find((call) => call.transferRequest));
    expect(asked.transferRequest?.target).toBe(`sip:carol@${DOMAIN}`);
    const { callId } = await alice.command('call.acceptTransfer', { callId: asked.id });
    await alice.call(callId, 'connected');
    await carol.incoming('connected');
    await bob.quit();
    await alice.call(asked.id, 'ended');
    await Promise.all([alice.terminate(), carol.terminate()]);
  });

  it('joins two baresips by Replaces (RFC 5589 §7.3, RFC 3891 §3)', async (context) => {
    needs(context, 'baresip');
    const [alice, bob, dave] = await Promise.all([
      phoneOf('alice'),
      peerOf('baresip', 'bob'),
      peerOf('baresip', 'dave'),
    ]);
    const callId = await alice.dial(`sip:bob@${DOMAIN}`);
    const consultationCallId = await alice.dial(`sip:dave@${DOMAIN}`);
    const params = { callId, consultationCallId };
    expect(await alice.command('call.transferAttended', params)).toEqual({ statusCode: 200 });
    await alice.call(consultationCallId, 'ended');
    await dave.event('CALL_ESTABLISHED', 5000, 1);
    await Promise.all([bob.quit(), dave.quit()]);
    await alice.terminate();
  });
});

describe('texts with other phones (RFC 3428 §4)', () => {
  it('reach baresip', async (context) => {
    needs(context, 'baresip');
    const [alice, bob] = await Promise.all([phoneOf('alice'), peerOf('baresip', 'bob')]);
    await alice.command('text.send', { target: 'bob', text: 'Hello from Nightjar' });
    await alice.until('sent text', () => alice.view?.texts.find(({ status }) => status === 'sent'));
    await said(bob, 'Hello from Nightjar');
    await bob.quit();
    await alice.terminate();
  });

  it('go to linphonec and come from it', async (context) => {
    needs(context, 'linphonec');
    const [alice, carol] = await Promise.all([phoneOf('alice'), peerOf('linphone', 'carol')]);
    await alice.command('text.send', { target: 'carol', text: 'Hello from Nightjar' });
    await said(carol, 'Hello from Nightjar');
    carol.write(`raw chat sip:alice@${DOMAIN} Hello-back`);
    const isIncoming = ({ direction }: { direction: string }) => direction === 'incoming';
    const arrived = await alice.until('text', () => alice.view?.texts.find(isIncoming));
    expect(arrived).toMatchObject({ text: 'Hello-back', isRead: false });
    expect(arrived.remote.address).toContain('carol@');
    await carol.quit();
    await alice.terminate();
  });
});
