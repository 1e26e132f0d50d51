// Two phones that look for the way of their sound, and one that meets a phone which does not. RFC 8445, RFC 8839 §4.
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startDaemon, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { leaveLab, pause, scoreSpeech, SPEECH } from '../support/lab.ts';
import { runProgram } from '../support/line-process.ts';
import { requireProgram } from '../support/requirements.ts';

const TALK_SEC = 5;

afterEach(leaveLab);

async function phoneOf(name: string, settings: object): Promise<Daemon> {
  return startDaemon({
    config: {
      accounts: [{ id: name, address: `sip:${name}@127.0.0.1`, register: false, codecs: ['PCMU'], ...settings }],
      sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] },
      media: { address: '127.0.0.1' },
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
  for (const { file } of ends) {
    const heard = file.replace('.wav', '-heard.wav');
    await takeHeard(file, heard);
    const score = await scoreSpeech(SPEECH, heard, '--loop', '--max', String(TALK_SEC - 1), '--rate', '8000');
    expect(score.aligned, JSON.stringify(score)).toBe(true);
    expect(score.dropout_pct, JSON.stringify(score)).toBeLessThan(5);
  }
}

/** The right of the two tracks. */
async function takeHeard(both: string, heard: string): Promise<void> {
  await runProgram('sox', [both, heard, 'remix', '2']);
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
