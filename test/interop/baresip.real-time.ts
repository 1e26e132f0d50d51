// Calls with baresip through Kamailio: speech both ways beside a call between two baresips, and after a hold.
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { startDaemon, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { DOMAIN, pause, Peer, scoreSpeech, SPEECH, startServer, type LabServer, type Score } from '../support/lab.ts';
import { runProgram } from '../support/line-process.ts';
import { hasProgram, requireProgram, type SkippingContext } from '../support/requirements.ts';

const PROGRAMS = ['kamailio', 'baresip', 'sox'] as const;
const TALK_SEC = 8;
/** How much worse than baresip to baresip a call of ours may be: measurements of one thing differ by about this. */
const LSD_MARGIN_DB = 0.3;
const DROPOUT_MARGIN_PERCENT = 0.5;
const CODECS = { pcmu: 'PCMU', opus: 'opus' } as const;
/** What is compared, whatever rate a recording has. */
const COMPARED_HZ = { pcmu: '8000', opus: '16000' } as const;
type CodecName = keyof typeof CODECS;

let server: LabServer;
const needPeers = (context: SkippingContext) => requireProgram(context, ...PROGRAMS);

beforeAll(async () => {
  if (PROGRAMS.every(hasProgram)) server = await startServer();
});
async function phoneFor(codec: CodecName): Promise<Daemon> {
  const phone = await startDaemon({
    config: {
      accounts: [server.account('alice', { codecs: [CODECS[codec]] })],
      sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] },
      media: { address: '127.0.0.1' },
      calls: { autoAnswerAfterSec: 0 },
    },
    // The microphone is a file, as far as the phone knows: what is said takes the way that a person's voice takes.
    audio: `file:${SPEECH},`,
  });
  await phone.registration('registered');
  return phone;
}

async function baresip(user: string, codecs: string, options: Readonly<Record<string, string>> = {}): Promise<Peer> {
  const peer = new Peer('baresip', { user, server: server.address, codecs, mic: SPEECH, ...options });
  await peer.event('registered', 15_000);
  return peer;
}

const recordingOf = (name: string): string => join(temporaryFolder('heard'), `${name}.wav`);
const score = (codec: CodecName, file: string) =>
  scoreSpeech(SPEECH, file, '--loop', '--max', String(TALK_SEC - 1), '--rate', COMPARED_HZ[codec]);

interface Comparison {
  /** What the phone heard and what its peer heard. */
  readonly ours: readonly Score[];
  /** Two baresips at the same time: what a call on this machine sounds like at this moment. */
  readonly theirs: Score;
}

/** The phone and a baresip talk, and beside them two baresips; nothing is started or judged while they do. */
async function compare(codec: CodecName, phone: Daemon, way: 'to' | 'from'): Promise<Comparison> {
  const [yardstick, heardByPeer] = [recordingOf('yardstick'), recordingOf('peer')];
  const [both, heard] = [recordingOf('both'), recordingOf('heard')];
  const [callee, caller, peer] = await Promise.all([
    baresip('carol', codec, { rec: yardstick }),
    baresip('dave', codec),
    baresip('bob', codec, { rec: heardByPeer }),
  ]);
  caller.write(`dial sip:carol@${DOMAIN}`);
  await caller.event('CALL_ESTABLISHED');
  const callId = await (way === 'to' ? phone.dial(`sip:bob@${DOMAIN}`) : callOf(peer, phone));
  expect((await phone.call(callId, 'connected')).media.codec).toBe(CODECS[codec]);
  await phone.command('call.startRecording', { callId, file: both });
  await pause(TALK_SEC * 1000);
  await phone.command('call.stopRecording', { callId });
  await phone.command('call.hangUp', { callId });
  await peer.event('CALL_CLOSED');
  await Promise.all([caller, callee, peer].map((one) => one.quit()));
  await runProgram('sox', [both, heard, 'remix', '2']);
  const [theirs, ...ours] = await Promise.all([
    score(codec, yardstick),
    score(codec, heard),
    score(codec, heardByPeer),
  ]);
  return { ours, theirs };
}

/** The peer calls the phone, which answers by itself. */
async function callOf(peer: Peer, phone: Daemon): Promise<string> {
  peer.write(`dial sip:alice@${DOMAIN}`);
  return (await phone.incoming('connected')).id;
}

/** Others may stop our processes for a moment while we are measured: what counts is what a call can sound like. */
const TRIES = 3;

async function expectOneAsGood(talk: () => Promise<Comparison>): Promise<void> {
  let found = await talk();
  for (let turn = 1; turn < TRIES && !isAsGood(found); turn++) {
    process.stdout.write(`not as good, once more: ${JSON.stringify(found)}\n`);
    found = await talk();
  }
  expect(isAsGood(found), JSON.stringify(found)).toBe(true);
}

const isAsGood = ({ ours, theirs }: Comparison): boolean =>
  ours.every(
    ({ aligned, lsd_db, dropout_pct }) =>
      aligned && lsd_db <= theirs.lsd_db + LSD_MARGIN_DB && dropout_pct <= theirs.dropout_pct + DROPOUT_MARGIN_PERCENT,
  );

describe('speech with baresip, both ways (RFC 3551 §6, RFC 7587 §4)', () => {
  for (const codec of Object.keys(CODECS) as CodecName[]) {
    it(`is as good in ${codec} as between two baresips, whoever calls`, async (context) => {
      needPeers(context);
      const phone = await phoneFor(codec);
      await expectOneAsGood(() => compare(codec, phone, 'to'));
      await expectOneAsGood(() => compare(codec, phone, 'from'));
      await phone.terminate();
    });
  }
});

describe('a call with baresip', () => {
  it('is held and resumed by either side, and sounds as before (RFC 3264 §8.4)', async (context) => {
    needPeers(context);
    const [phone, peer] = await Promise.all([phoneFor('pcmu'), baresip('bob', 'pcmu')]);
    const callId = await phone.dial(`sip:bob@${DOMAIN}`);
    await peer.event('CALL_ESTABLISHED');
    await phone.command('call.hold', { callId });
    expect(phone.calls.get(callId)?.isOnHold).toBe(true);
    await phone.command('call.resume', { callId });
    expect(phone.calls.get(callId)?.isOnHold).toBe(false);
    const isRemoteHolding = (wanted: boolean) => () =>
      phone.calls.get(callId)?.isRemoteHolding === wanted ? true : undefined;
    peer.write('hold');
    await phone.until('hold by the peer', isRemoteHolding(true));
    peer.write('resume');
    await phone.until('end of the hold by the peer', isRemoteHolding(false));
    const both = recordingOf('both');
    const heard = recordingOf('heard');
    await phone.command('call.startRecording', { callId, file: both });
    await pause(4000);
    await phone.command('call.stopRecording', { callId });
    await runProgram('sox', [both, heard, 'remix', '2']);
    const after = await scoreSpeech(SPEECH, heard, '--loop');
    expect(after, JSON.stringify(after)).toMatchObject({ aligned: true });
    expect(after.dropout_pct, JSON.stringify(after)).toBeLessThan(1);
    await Promise.all([peer.quit(), phone.terminate()]);
  });
});
