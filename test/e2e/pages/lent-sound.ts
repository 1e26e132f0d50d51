// A browser with a microphone of its own, which plays a tone, and a phone that is lent the sound of its window.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, vi, type TestContext } from 'vitest';
import { sine } from '../../support/media/tone-check.ts';
import { wavBytes } from '../../support/media/wav-bytes.ts';
import { requireProgram } from '../../support/requirements.ts';
import { BrowserSession, type SessionOptions } from './browser-session.ts';
import { heardIn, installSoundTap } from './sound-tap.ts';

export const TONE_HZ = 750;
export const RATE_HZ = 48_000;
export const VIEW_LIMIT_MS = 8000;

export interface LentSound {
  /** Goes when the test file is over. */
  readonly folder: string;
  /** A steady tone is noise to a suppressor, and what comes back of it an echo: neither is looked for. */
  readonly configFile: string;
  /** Switches for a fake microphone: a file, looped. */
  readonly fakeMicrophone: readonly string[];
  /** The same, and the permission is given without a question. */
  readonly allowed: readonly string[];
  /** For one test, which closes it when it is over. */
  open(context: TestContext, options: SessionOptions): Promise<BrowserSession>;
}

export function useLentSound(): LentSound {
  const folder = mkdtempSync(join(tmpdir(), 'nightjar-sound-'));
  const microphoneFile = join(folder, 'microphone.wav');
  const configFile = join(folder, 'config.json');
  let session: BrowserSession | undefined;
  beforeAll(() => {
    writeFileSync(microphoneFile, wavBytes(sine(RATE_HZ * 2, TONE_HZ, RATE_HZ), RATE_HZ));
    const media = { echoCancellation: 'off', noiseSuppression: false, automaticGain: false };
    writeFileSync(configFile, JSON.stringify({ media }));
  });
  afterEach(async () => {
    await session?.close();
    session = undefined;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const fakeMicrophone = [
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-audio-capture=${microphoneFile}`,
    '--autoplay-policy=no-user-gesture-required',
  ];
  const allowed = [...fakeMicrophone, '--use-fake-ui-for-media-stream'];
  const open = async (context: TestContext, options: SessionOptions): Promise<BrowserSession> => {
    const program = requireProgram(context, 'chromium');
    session = await BrowserSession.open(program, { initScript: installSoundTap, ...options });
    return session;
  };
  return { folder, configFile, fakeMicrophone, allowed, open };
}

export async function audioOf({ phone }: BrowserSession): Promise<{ backend: string; reason: string }> {
  const view = (await phone.command('phone.getView')) as { audio: { backend: string; reason: string } };
  return view.audio;
}

export const usesWindow = (opened: BrowserSession): Promise<void> =>
  vi.waitFor(async () => expect(await audioOf(opened)).toMatchObject({ backend: 'webaudio' }), VIEW_LIMIT_MS);

/** The id of the call, once it is connected. */
export async function callEcho(opened: BrowserSession): Promise<string> {
  await opened.window.dial('echo');
  await opened.window.call.isConnected();
  const { calls } = (await opened.phone.command('phone.getView')) as { calls: { id: string; state: string }[] };
  return calls.find(({ state }) => state === 'connected')?.id ?? '';
}

/** The loudspeaker of the page plays the tone. */
export const hearsTone = (page: BrowserSession['window']['page']): Promise<void> =>
  vi.waitFor(async () => {
    const heard = await heardIn(page);
    expect(Math.abs(heard.frequencyHz - TONE_HZ)).toBeLessThan(12);
    expect(heard.levelDb).toBeGreaterThan(-40);
  }, VIEW_LIMIT_MS);
