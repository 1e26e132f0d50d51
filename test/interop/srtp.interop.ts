// Encrypted calls with baresip (SDES): sound both ways, whoever calls. RFC 4568, RFC 3711.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDaemon, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { DOMAIN, leaveLab, pause, Peer, scoreSpeech, SPEECH, startServer, type LabServer } from '../support/lab.ts';
import { hasProgram, requireProgram } from '../support/requirements.ts';

const PROGRAMS = ['kamailio', 'baresip', 'sox'] as const;
const TALK_SEC = 6;

let server: LabServer;

beforeAll(async () => {
  if (PROGRAMS.every(hasProgram)) server = await startServer();
});
afterAll(leaveLab);

async function phoneWith(srtp: 'off' | 'optional' | 'required'): Promise<Daemon> {
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

describe('an encrypted call with baresip — RFC 4568 §7.1, RFC 3711 §3.3', () => {
  const rows = [
    ['required', 'sdes-mand', true],
    ['optional', 'sdes', true],
    ['optional', '', false],
  ] as const;
  it.for(rows)('%s to and from "%s" carries sound both ways', async ([srtp, theirs, isEncrypted], context) => {
    requireProgram(context, ...PROGRAMS);
    const phone = await phoneWith(srtp);
    const [first, second] = ['callee.wav', 'caller.wav'].map((name) => join(temporaryFolder('heard'), name));
    const callee = await baresip(theirs, first ?? '');
    const callId = await phone.dial(`sip:bob@${DOMAIN}`);
    const { media } = await phone.call(callId, 'connected');
    expect(media.srtp !== null).toBe(isEncrypted);
    await expectSound(phone, callId, callee, first ?? '');
    const caller = await baresip(theirs, second ?? '');
    caller.write(`dial sip:alice@${DOMAIN}`);
    const incoming = await phone.incoming('connected');
    expect(incoming.media.srtp !== null).toBe(isEncrypted);
    await expectSound(phone, incoming.id, caller, second ?? '');
    await phone.terminate();
  });
});
