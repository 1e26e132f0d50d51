// A phone whose answering machine takes every call at once, and the baresip that calls it.
import { join } from 'node:path';
import type { VoiceMessage } from '../../src-shared/contract/index.ts';
import { ROOT, startDaemon, temporaryFolder, type Daemon } from './daemon.ts';
import { pause, Peer, SPEECH } from './lab.ts';
import { runProgram } from './line-process.ts';

export const GREETING = join(ROOT, 'assets', 'audio', 'greeting.wav');
const SHORT_GREETING_SEC = 0.3;
/** From the answer to the first sample of a message with the short greeting: greeting, beep, and starting each. */
export const UNTIL_MESSAGE_SEC = SHORT_GREETING_SEC + 0.4 + 0.5;

async function sox(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await runProgram('sox', ['-D', ...args]);
  if (code !== 0) throw new Error(stderr);
}

/** What a caller says: silence, the reference speech (or a part of it), silence. */
export async function speechAfter(silenceSec: number, speechSec = 6.49, thenSec = 0): Promise<string> {
  const file = join(temporaryFolder('caller'), 'caller.wav');
  await sox(SPEECH, file, 'trim', '0', String(speechSec), 'pad', String(silenceSec), String(thenSec));
  return file;
}

/** One that does not keep a test waiting. */
export async function shortGreeting(): Promise<string> {
  const file = join(temporaryFolder('greeting'), 'greeting.wav');
  await sox(GREETING, file, 'trim', '0', String(SHORT_GREETING_SEC));
  return file;
}

/** A phone in away mode with a greeting that does not keep a test waiting. */
export async function awayPhone(away: object = {}, data = temporaryFolder('data'), more: object = {}): Promise<Daemon> {
  const greetingFile = await shortGreeting();
  const config = {
    accounts: [{ id: 'alice', address: 'sip:alice@127.0.0.1', register: false }],
    sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] },
    media: { address: '127.0.0.1' },
    away: { enabled: true, answerAfterSec: 0, greetingFile, ...away },
    ...more,
  };
  return startDaemon({ config, data });
}

export function callerOf(phone: Daemon, options: Readonly<Record<string, string>>): Peer {
  const dial = `sip:alice@127.0.0.1:${phone.port()}`;
  return new Peer('baresip', { user: 'bob', noreg: true, codecs: 'opus', loop: '1', dial, ...options });
}

/** The caller talks for so long after the answer, then the call is left as it is. */
export async function talk(phone: Daemon, seconds: number): Promise<Peer> {
  const caller = callerOf(phone, { mic: SPEECH, loop: '20' });
  await caller.event('CALL_ESTABLISHED');
  await pause(seconds * 1000);
  return caller;
}

export const firstMessage = (phone: Daemon, limitMs = 5000): Promise<VoiceMessage> =>
  phone.until('message', () => phone.view?.messages[0], limitMs);
