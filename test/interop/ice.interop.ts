// Two phones that look for the way of their sound, and one that meets a phone which does not. RFC 8445, RFC 8839 §4.
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startDaemon, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { leaveLab, pause, Peer, scoreSpeech, SPEECH } from '../support/lab.ts';
import { runProgram } from '../support/line-process.ts';
import { createNamespace } from '../support/network-namespace.ts';
import { requireProgram, requireThat, type SkippingContext } from '../support/requirements.ts';

const TALK_SEC = 5;
const HERE = { address: '127.0.0.1', name: '' };
type Place = typeof HERE;

afterEach(leaveLab);

async function phoneOf(name: string, settings: object, { address, name: namespace }: Place = HERE): Promise<Daemon> {
  return startDaemon({
    ...(namespace !== '' && { namespace }),
    config: {
      accounts: [{ id: name, address: `sip:${name}@${address}`, register: false, codecs: ['PCMU'], ...settings }],
      sip: { listen: [{ transport: 'udp', address }] },
      media: { address },
      calls: { autoAnswerAfterSec: 0 },
    },
    audio: `file:${SPEECH},`,
  });
}

interface Talk {
  readonly alice: Daemon;
  readonly bob: Daemon;
  readonly callId: string;
  readonly bobCallId: string;
}

async function call(settings: { alice: object; bob: object }): Promise<Talk> {
  const [alice, bob] = await Promise.all([phoneOf('alice', settings.alice), phoneOf('bob', settings.bob)]);
  const { callId } = await alice.command('call.dial', { target: `sip:bob@127.0.0.1:${bob.port()}` });
  const connected = (phone: Daemon) =>
    phone.until('connected call', () => [...phone.calls.values()].find(({ state }) => state === 'connected')?.id);
  await connected(alice);
  return { alice, bob, callId, bobCallId: await connected(bob) };
}

/** What each of the two hears is the other's speech; both are told of the call's end. */
async function expectSoundBothWays({ alice, bob, callId, bobCallId }: Talk): Promise<void> {
  const ends = [
    { phone: alice, id: callId, file: join(temporaryFolder('heard'), 'alice.wav') },
    { phone: bob, id: bobCallId, file: join(temporaryFolder('heard'), 'bob.wav') },
  ];
  for (const { phone, id, file } of ends) await phone.command('call.startRecording', { callId: id, file });
  await pause(TALK_SEC * 1000);
  for (const { phone, id } of ends) await phone.command('call.stopRecording', { callId: id });
  await Promise.all(ends.map(async ({ file }) => expectSpeech(await heardTrack(file))));
}

async function expectSpeech(file: string): Promise<void> {
  const score = await scoreSpeech(SPEECH, file, '--loop', '--max', String(TALK_SEC - 1), '--rate', '8000');
  expect(score.aligned, JSON.stringify(score)).toBe(true);
  expect(score.dropout_pct, JSON.stringify(score)).toBeLessThan(5);
}

/** The right of the two tracks, in a file of its own. */
async function heardTrack(both: string): Promise<string> {
  const heard = both.replace('.wav', '-heard.wav');
  await runProgram('sox', [both, heard, 'remix', '2']);
  return heard;
}

const pathOf = (phone: Daemon, callId: string) => phone.qualities.get(callId)?.path;

describe('the way of the sound between two phones (RFC 8445)', () => {
  it('is found by checks where both look for it', async (context) => {
    requireProgram(context, 'sox');
    const talk = await call({ alice: { ice: true }, bob: { ice: true } });
    await expectSoundBothWays(talk);

    const found = { state: 'completed', localKind: 'host', remoteKind: 'host' };
    expect(pathOf(talk.alice, talk.callId)).toEqual(found);
    expect(pathOf(talk.bob, talk.bobCallId)).toEqual(found);
  });

  it('carries an encrypted call by handshake', async (context) => {
    requireProgram(context, 'sox');
    const settings = { ice: true, srtp: 'dtls' };
    const talk = await call({ alice: settings, bob: settings });
    await expectSoundBothWays(talk);

    expect(talk.alice.calls.get(talk.callId)?.media.srtp).toBeTruthy();
    expect(pathOf(talk.alice, talk.callId)?.state).toBe('completed');
  });

  it.each([
    ['the caller', { alice: { ice: true }, bob: {} }],
    ['the callee', { alice: {}, bob: { ice: true } }],
  ])('is the one that signalling says where only %s looks for it', async (_, settings) => {
    const talk = await call(settings);
    await expectSoundBothWays(talk);

    expect([pathOf(talk.alice, talk.callId), pathOf(talk.bob, talk.bobCallId)]).toEqual([undefined, undefined]);
  });
});

describe('the way of the sound with other phones (RFC 8839 §4)', () => {
  it('is found by checks when baresip calls', (context) => expectWayWith(context, 'baresip', true));
  it('is found by checks when we call baresip', (context) => expectWayWith(context, 'baresip', false));
  it('is found by checks when linphone calls', (context) => expectWayWith(context, 'linphone', true));
  it('is found by checks when we call linphone', (context) => expectWayWith(context, 'linphone', false));
});

/** Both overlook 127.0.0.1 when they look for their own addresses. */
async function expectWayWith(
  context: SkippingContext,
  kind: 'baresip' | 'linphone',
  isCalledByPeer: boolean,
): Promise<void> {
  requireProgram(context, kind === 'baresip' ? 'baresip' : 'linphonec', 'sox');
  const place = await createNamespace('10.77.0.1');
  requireThat(context, place !== undefined, 'no network namespaces here');
  if (!place) return;
  try {
    const phone = await phoneOf('alice', { ice: true }, place);
    const rec = join(temporaryFolder('heard'), 'peer.wav');
    const target = `sip:alice@${place.address}:${phone.port()}`;
    const at = kind === 'baresip' ? { ip: place.address, 'sip-port': '5080' } : { 'sip-port': '5080' };
    const options = { user: 'bob', ...at, codecs: 'pcmu', mic: SPEECH, rec };
    const dial = isCalledByPeer ? { dial: target } : {};
    const peer = new Peer(kind, { ...options, ...dial, noreg: true, ice: true }, place.name);
    await peer.event('ready', 15_000);
    if (!isCalledByPeer) await phone.dial(`sip:bob@${place.address}:5080`);
    await peer.event('CALL_ESTABLISHED', 15_000);
    const [call] = phone.calls.values();
    const { id } = await phone.call(call?.id ?? '', 'connected');
    const both = join(temporaryFolder('heard'), 'phone.wav');
    await phone.command('call.startRecording', { callId: id, file: both });
    await pause(TALK_SEC * 1000);
    await phone.command('call.stopRecording', { callId: id });
    expect(pathOf(phone, id)).toEqual({ state: 'completed', localKind: 'host', remoteKind: 'host' });
    await phone.command('call.hangUp', { callId: id });
    await peer.event('CALL_CLOSED');
    await peer.quit();
    await Promise.all([heardTrack(both).then(expectSpeech), expectSpeech(rec)]);
  } finally {
    await leaveLab();
    await place.remove();
  }
}
