// Encrypted calls with baresip, keys in SDP or by handshake: sound both ways, whoever calls. RFC 4568, RFC 5763, RFC 3711.
// By one port for sound, reports and handshake: RFC 5764 §5.1, §5.1.2
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDaemon, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { DOMAIN, leaveLab, pause, Peer, scoreSpeech, SPEECH, startServer, type LabServer } from '../support/lab.ts';
import { hasProgram, requireProgram } from '../support/requirements.ts';

const PROGRAMS = ['kamailio', 'baresip', 'sox'] as const;
const TALK_SEC = 4;

let server: LabServer;

beforeAll(async () => {
  if (PROGRAMS.every(hasProgram)) server = await startServer();
});
afterAll(leaveLab);

async function phoneWith(srtp: 'off' | 'optional' | 'required' | 'dtls'): Promise<Daemon> {
  const phone = await startDaemon({
    config: {
      accounts: [server.account('alice', { codecs: ['PCMU'], srtp })],
      sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] },
      media: { address: '127.0.0.1' },
      calls: { autoAnswerAfterSec: 0 },
    },
    audio: `file:${SPEECH},`,
  });
  await phone.registration('registered');
  return phone;
}

async function baresip(srtp: string, heard: string): Promise<Peer> {
  const options = { user: 'bob', server: server.address, codecs: 'pcmu', mic: SPEECH, rec: heard };
  const peer = new Peer('baresip', srtp === '' ? options : { ...options, srtp });
  await peer.event('registered', 15_000);
  return peer;
}

/** A handshake takes its moment. */
async function expectEncryption(phone: Daemon, callId: string, isEncrypted: boolean): Promise<void> {
  const suite = () => phone.calls.get(callId)?.media.srtp;
  if (isEncrypted) await phone.until('encryption', () => suite() ?? undefined);
  else expect(suite()).toBeNull();
}

/** What the peer recorded must be the speech; what we heard is counted, and none of it may have failed. */
async function expectSound(phone: Daemon, callId: string, peer: Peer, heard: string): Promise<void> {
  const file = join(temporaryFolder('heard'), 'phone.wav');
  await phone.command('call.startRecording', { callId, file });
  await pause(TALK_SEC * 1000);
  await phone.command('call.hangUp', { callId });
  await peer.event('CALL_CLOSED');
  await peer.quit();
  const score = await scoreSpeech(SPEECH, heard, '--loop', '--max', String(TALK_SEC - 1), '--rate', '8000');
  expect(score.aligned, JSON.stringify(score)).toBe(true);
  expect(score.dropout_pct, JSON.stringify(score)).toBeLessThan(5);
  // Nothing is known of a call that ended before its first figures.
  expect(phone.calls.get(callId)?.quality?.mos ?? 5).toBeGreaterThan(3.5);
}

async function expectOutgoing(phone: Daemon, theirs: string, isEncrypted: boolean): Promise<void> {
  const heard = join(temporaryFolder('heard'), 'callee.wav');
  const callee = await baresip(theirs, heard);
  const callId = await phone.dial(`sip:bob@${DOMAIN}`);
  await phone.call(callId, 'connected');
  await expectEncryption(phone, callId, isEncrypted);
  await expectSound(phone, callId, callee, heard);
}

async function expectIncoming(phone: Daemon, theirs: string, isEncrypted: boolean): Promise<void> {
  const heard = join(temporaryFolder('heard'), 'caller.wav');
  const caller = await baresip(theirs, heard);
  caller.write(`dial sip:alice@${DOMAIN}`);
  const { id } = await phone.incoming('connected');
  await expectEncryption(phone, id, isEncrypted);
  await expectSound(phone, id, caller, heard);
}

describe('an encrypted call with baresip — RFC 4568 §7.1, RFC 3711 §3.3', () => {
  const rows = [
    ['required', 'sdes-mand', true],
    ['optional', 'sdes', true],
    ['dtls', 'dtls', true],
    ['optional', 'dtls', true],
    ['optional', 'sdes-mand', true],
    ['optional', '', false],
  ] as const;
  it.for(rows)('%s to and from "%s" carries sound both ways', async ([srtp, theirs, isEncrypted], context) => {
    requireProgram(context, ...PROGRAMS);
    const phone = await phoneWith(srtp);
    await expectOutgoing(phone, theirs, isEncrypted);
    await expectIncoming(phone, theirs, isEncrypted);
    await phone.terminate();
  });
});
