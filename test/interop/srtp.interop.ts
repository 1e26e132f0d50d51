// Encrypted calls with baresip, keys in SDP or by handshake: sound both ways, whoever calls. RFC 4568, RFC 5763, RFC 3711.
// By one port for sound, reports and handshake: RFC 5764 §5.1, §5.1.2
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { startDaemon, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { DOMAIN, pause, Peer, scoreSpeech, SPEECH, startServer, type LabServer } from '../support/lab.ts';
import { hasProgram, requireProgram } from '../support/requirements.ts';

const PROGRAMS = ['kamailio', 'baresip', 'sox'] as const;
const TALK_SEC = 4;

let server: LabServer;

beforeAll(async () => {
  if (PROGRAMS.every(hasProgram)) server = await startServer();
});
async function phoneWith(user: string, srtp: 'off' | 'optional' | 'required' | 'dtls'): Promise<Daemon> {
  const phone = await startDaemon({
    config: {
      accounts: [server.account(user, { codecs: ['PCMU'], srtp })],
      sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] },
      media: { address: '127.0.0.1' },
      calls: { autoAnswerAfterSec: 0 },
    },
    audio: `file:${SPEECH},`,
  });
  await phone.registration('registered');
  return phone;
}

async function baresip(user: string, srtp: string, heard: string): Promise<Peer> {
  const options = { user, server: server.address, codecs: 'pcmu', mic: SPEECH, rec: heard };
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

/** Protection as our account has it, as that of the peer has it, and what must come of the two. */
type Row = readonly ['off' | 'optional' | 'required' | 'dtls', string, boolean];

async function expectOutgoing([ours, theirs, isEncrypted]: Row): Promise<void> {
  const heard = join(temporaryFolder('heard'), 'callee.wav');
  const [phone, callee] = await Promise.all([phoneWith('alice', ours), baresip('bob', theirs, heard)]);
  const callId = await phone.dial(`sip:bob@${DOMAIN}`);
  await phone.call(callId, 'connected');
  await expectEncryption(phone, callId, isEncrypted);
  await expectSound(phone, callId, callee, heard);
  await phone.terminate();
}

async function expectIncoming([ours, theirs, isEncrypted]: Row): Promise<void> {
  const heard = join(temporaryFolder('heard'), 'caller.wav');
  const [phone, caller] = await Promise.all([phoneWith('carol', ours), baresip('dave', theirs, heard)]);
  caller.write(`dial sip:carol@${DOMAIN}`);
  const { id } = await phone.incoming('connected');
  await expectEncryption(phone, id, isEncrypted);
  await expectSound(phone, id, caller, heard);
  await phone.terminate();
}

describe('an encrypted call with baresip — RFC 4568 §7.1, RFC 3711 §3.3', () => {
  const rows: readonly Row[] = [
    ['required', 'sdes-mand', true],
    ['optional', 'sdes', true],
    ['dtls', 'dtls', true],
    ['optional', 'dtls', true],
    ['optional', 'sdes-mand', true],
    ['optional', '', false],
  ];
  it.for(rows)('%s to and from "%s" carries sound both ways', async (row, context) => {
    requireProgram(context, ...PROGRAMS);
    await Promise.all([expectOutgoing(row), expectIncoming(row)]);
  });
});
