// Calls with linphonec through Kamailio: one each way, with speech scored at both ends.
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { startDaemon, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { DOMAIN, pause, Peer, scoreSpeech, SPEECH, startServer, type LabServer, type Score } from '../support/lab.ts';
import { runProgram } from '../support/line-process.ts';
import { hasProgram, requireProgram, type SkippingContext } from '../support/requirements.ts';

const PROGRAMS = ['kamailio', 'linphonec', 'sox'] as const;
const TALK_SEC = 7;

let server: LabServer;
const needPeers = (context: SkippingContext) => requireProgram(context, ...PROGRAMS);

beforeAll(async () => {
  if (PROGRAMS.every(hasProgram)) server = await startServer();
});
/** A phone and a linphonec, both registered, that will say the reference speech. */
async function openPair(heardByPeer: string, ours = 'off', theirs = ''): Promise<[Daemon, Peer]> {
  const peer = new Peer('linphone', {
    user: 'carol',
    server: server.address,
    codecs: 'opus,pcmu',
    mic: SPEECH,
    rec: heardByPeer,
    ...(theirs !== '' && { srtp: theirs }),
  });
  const phone = await startDaemon({
    config: {
      accounts: [server.account('alice', { srtp: ours })],
      sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] },
      media: { address: '127.0.0.1' },
      calls: { autoAnswerAfterSec: 0 },
    },
    audio: `file:${SPEECH},`,
  });
  await Promise.all([phone.registration('registered'), peer.event('registered', 15_000)]);
  return [phone, peer];
}

/** Both talk for a while; what each heard has to be what the other said. */
async function expectSpeech(phone: Daemon, callId: string, peer: Peer, heardByPeer: string): Promise<void> {
  const folder = temporaryFolder('heard');
  const both = join(folder, 'both.wav');
  const heard = join(folder, 'heard.wav');
  await phone.command('call.startRecording', { callId, file: both });
  await pause(TALK_SEC * 1000);
  await phone.command('call.stopRecording', { callId });
  await phone.command('call.hangUp', { callId });
  await peer.event('CALL_CLOSED');
  await peer.quit();
  await runProgram('sox', [both, heard, 'remix', '2']);
  const judge = (file: string): Promise<Score> => scoreSpeech(SPEECH, file, '--loop', '--max', String(TALK_SEC - 2));
  for (const score of await Promise.all([heard, heardByPeer].map(judge))) {
    expect(score, JSON.stringify(score)).toMatchObject({ aligned: true });
    // 2.4 is what Opus at this rate leaves; a change of the delay on a busy machine costs some tenths.
    expect(score.lsd_db, JSON.stringify(score)).toBeLessThan(2.8);
    expect(score.dropout_pct, JSON.stringify(score)).toBeLessThan(1);
  }
  await phone.terminate();
}

describe('calls with linphonec (RFC 3261 §13, RFC 7587 §4)', () => {
  it('carries speech both ways when we call', async (context) => {
    needPeers(context);
    const heardByPeer = join(temporaryFolder('peer'), 'heard.wav');
    const [phone, peer] = await openPair(heardByPeer);
    const callId = await phone.dial(`sip:carol@${DOMAIN}`);
    await expectSpeech(phone, callId, peer, heardByPeer);
  });

  it('carries speech both ways when it calls', async (context) => {
    needPeers(context);
    const heardByPeer = join(temporaryFolder('peer'), 'heard.wav');
    const [phone, peer] = await openPair(heardByPeer);
    peer.write(`dial sip:alice@${DOMAIN}`);
    const { id } = await phone.incoming('connected');
    await expectSpeech(phone, id, peer, heardByPeer);
  });

  it.for([
    ['required', 'sdes'],
    ['dtls', 'dtls'],
  ] as const)(
    '%s: carries encrypted speech both ways when we call (RFC 4568 §7.1, RFC 5763 §5)',
    async ([ours, theirs], context) => {
      needPeers(context);
      const heardByPeer = join(temporaryFolder('peer'), 'heard.wav');
      const [phone, peer] = await openPair(heardByPeer, ours, theirs);
      const callId = await phone.dial(`sip:carol@${DOMAIN}`);
      await phone.until('encryption', () => phone.calls.get(callId)?.media.srtp ?? undefined);
      await expectSpeech(phone, callId, peer, heardByPeer);
    },
  );
});
