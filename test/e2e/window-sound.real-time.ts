// The window lends its sound: heard both ways in an installed Chromium, chosen when there is no sound driver, and what stands in its way.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it, vi, afterAll, type TestContext } from 'vitest';
import { readWavTracks } from '../../src-main/media/index.ts';
import { requireProgram } from '../support/requirements.ts';
import { sine, toneAmplitude, toneToNoiseDb } from '../support/media/tone-check.ts';
import { wavBytes } from '../support/media/wav-bytes.ts';
import { BrowserSession, type SessionOptions } from './pages/browser-session.ts';
import { askedIn, capturedIn, heardIn, installSoundTap, plugIn, unplug } from './pages/sound-tap.ts';

const TONE_HZ = 750;
const RATE_HZ = 48_000;
const folder = mkdtempSync(join(tmpdir(), 'nightjar-sound-'));
const microphoneFile = join(folder, 'microphone.wav');
const configFile = join(folder, 'config.json');
/** A fake microphone: a file, looped; the permission is given without a question. */
const FAKE_MICROPHONE = [
  '--use-fake-device-for-media-stream',
  `--use-file-for-fake-audio-capture=${microphoneFile}`,
  '--autoplay-policy=no-user-gesture-required',
];
const ALLOWED = [...FAKE_MICROPHONE, '--use-fake-ui-for-media-stream'];
const NO_DRIVER = fileURLToPath(new URL('../support/no-sound-driver.cjs', import.meta.url));
const VIEW_LIMIT_MS = 8000;

let session: BrowserSession | undefined;

async function open(context: TestContext, options: SessionOptions): Promise<BrowserSession> {
  session = await BrowserSession.open(requireProgram(context, 'chromium'), {
    initScript: installSoundTap,
    ...options,
  });
  return session;
}

async function audioOf({ phone }: BrowserSession): Promise<{ backend: string; reason: string }> {
  const view = (await phone.command('phone.getView')) as { audio: { backend: string; reason: string } };
  return view.audio;
}

const usesWindow = (opened: BrowserSession): Promise<void> =>
  vi.waitFor(async () => expect(await audioOf(opened)).toMatchObject({ backend: 'webaudio' }), VIEW_LIMIT_MS);

async function callEcho(opened: BrowserSession): Promise<string> {
  await opened.window.dial('echo');
  await opened.window.call.isConnected();
  const { calls } = (await opened.phone.command('phone.getView')) as { calls: { id: string; state: string }[] };
  return calls.find(({ state }) => state === 'connected')?.id ?? '';
}

/** The browser tells the names of its microphones once one is open. */
async function callEchoByWindow(opened: BrowserSession): Promise<void> {
  await usesWindow(opened);
  await callEcho(opened);
  await vi.waitFor(async () => expect(await askedIn(opened.window.page)).toHaveLength(1), VIEW_LIMIT_MS);
}

/** Returns its name. */
async function chooseLastMicrophone({ window }: BrowserSession): Promise<string> {
  await window.show('Settings');
  const microphone = window.page.getByRole('combobox', { name: 'Microphone' });
  await microphone.waitFor();
  const name = (await microphone.locator('option').allTextContents()).at(-1) ?? '';
  await microphone.selectOption(name);
  return name;
}

/** Quarters of a second: a fake microphone skips now and then, more so on a busy machine. */
const piecesOf = (track: Int16Array = new Int16Array(0)): Int16Array[] =>
  Array.from({ length: 10 }, (_, at) => track.subarray((at * RATE_HZ) / 4, ((at + 1) * RATE_HZ) / 4));

/** The tone is in nearly all of it at its level, and in the best piece it is alone. */
function expectTone(track: Int16Array | undefined): void {
  const pieces = piecesOf(track);
  expect(pieces.filter((piece) => toneAmplitude(piece, TONE_HZ, RATE_HZ) > 4000).length).toBeGreaterThanOrEqual(7);
  expect(Math.max(...pieces.map((piece) => toneToNoiseDb(piece, TONE_HZ, RATE_HZ)))).toBeGreaterThan(20);
}

beforeAll(() => {
  writeFileSync(microphoneFile, wavBytes(sine(RATE_HZ * 2, TONE_HZ, RATE_HZ), RATE_HZ));
  // A steady tone is noise to a suppressor, and what comes back of it an echo.
  writeFileSync(
    configFile,
    JSON.stringify({ media: { echoCancellation: 'off', noiseSuppression: false, automaticGain: false } }),
  );
});
afterEach(async () => {
  await session?.close();
  session = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the sound of the window', () => {
  it('carries the microphone to the peer and the peer to the loudspeaker', async (context) => {
    const opened = await open(context, { phone: { audio: 'webaudio', configFile }, flags: ALLOWED });
    await usesWindow(opened);
    const callId = await callEcho(opened);
    await vi.waitFor(async () => {
      const heard = await heardIn(opened.window.page);
      expect(Math.abs(heard.frequencyHz - TONE_HZ)).toBeLessThan(12);
      expect(heard.levelDb).toBeGreaterThan(-40);
    }, VIEW_LIMIT_MS);

    const file = join(folder, 'call.wav');
    await opened.phone.command('call.startRecording', { callId, file });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await opened.phone.command('call.stopRecording', { callId });

    const wav = await readWavTracks(file);
    const [sent, received] = wav?.tracks ?? [];
    expectTone(sent);
    expectTone(received);
  });

  it('is chosen by itself where there is no sound driver, with the browser’s own echo canceller', async (context) => {
    const opened = await open(context, {
      phone: { audio: 'auto', env: { NODE_OPTIONS: `--require ${NO_DRIVER}` } },
      flags: ALLOWED,
    });
    await callEchoByWindow(opened);

    const [asked] = await askedIn(opened.window.page);

    expect(asked?.audio).toMatchObject({ echoCancellation: true, noiseSuppression: true, autoGainControl: true });
    await opened.window.show('Settings');
    await opened.window.see('Sound goes through this window');
    await opened.window.see(/The sound driver is not installed/);
  });

  it('comes from the microphone that was chosen, which is remembered', async (context) => {
    const opened = await open(context, { phone: { audio: 'webaudio' }, flags: ALLOWED });
    const { page } = opened.window;
    await callEchoByWindow(opened);

    const chosen = await chooseLastMicrophone(opened);

    await vi.waitFor(async () => expect(await askedIn(page)).toHaveLength(2), VIEW_LIMIT_MS);
    const [, again] = await askedIn(page);
    expect(again?.audio).toMatchObject({ deviceId: { exact: expect.stringMatching(/./) as string } });
    const view = (await opened.phone.command('phone.getView')) as { audio: { chosen: object } };
    expect(view.audio.chosen).toEqual({ microphone: chosen });
  });

  it('goes on with another microphone when the chosen one is unplugged, and takes it again when it is back', async (context) => {
    const opened = await open(context, { phone: { audio: 'webaudio' }, flags: ALLOWED });
    const { page } = opened.window;
    await callEchoByWindow(opened);
    const chosen = await chooseLastMicrophone(opened);
    const captures = (names: readonly unknown[]): Promise<void> =>
      vi.waitFor(async () => expect(await capturedIn(page)).toEqual(names), VIEW_LIMIT_MS);
    await captures([chosen]);

    await unplug(page, chosen);

    await captures([expect.not.stringContaining(chosen)]);
    const says = (words: unknown): Promise<void> =>
      vi.waitFor(async () => expect((await audioOf(opened)).reason).toEqual(words), VIEW_LIMIT_MS);
    await says(expect.stringContaining(`${chosen} not there`));

    await plugIn(page);

    await captures([chosen]);
    await says(expect.not.stringContaining('not there'));
  });

  it('leaves the microphone alone between calls', async (context) => {
    const opened = await open(context, { phone: { audio: 'webaudio' }, flags: ALLOWED });
    await usesWindow(opened);

    expect(await askedIn(opened.window.page)).toHaveLength(0);
  });

  it('goes on without a window, and takes the next one', async (context) => {
    const opened = await open(context, { phone: { audio: 'webaudio', configFile }, flags: ALLOWED });
    await usesWindow(opened);
    const callId = await callEcho(opened);

    await opened.window.page.close();
    await vi.waitFor(async () => expect(await audioOf(opened)).toMatchObject({ backend: 'null' }), VIEW_LIMIT_MS);
    const view = (await opened.phone.command('phone.getView')) as { calls: { id: string; state: string }[] };
    const page = await opened.context.newPage();
    await page.goto(opened.phone.origin);

    expect(view.calls).toContainEqual(expect.objectContaining({ id: callId, state: 'connected' }));
    await usesWindow(opened);
    await vi.waitFor(async () => {
      expect(Math.abs((await heardIn(page)).frequencyHz - TONE_HZ)).toBeLessThan(12);
    }, VIEW_LIMIT_MS);
  });
});

describe('what stands in the way of the window’s sound', () => {
  it('says that the microphone is refused, and the call goes on with silence', async (context) => {
    const opened = await open(context, { phone: { audio: 'webaudio', configFile }, flags: FAKE_MICROPHONE });
    await usesWindow(opened);

    await callEcho(opened);

    await opened.window.see(/The microphone is blocked: nobody hears you/);
    await vi.waitFor(async () => {
      expect((await audioOf(opened)).reason).toContain('may not use the microphone');
    }, VIEW_LIMIT_MS);
    const [, first] = [await opened.window.call.timer.textContent(), await opened.window.call.timer.textContent()];
    await opened.window.call.nextTime(first ?? '');
    await opened.context.grantPermissions(['microphone'], { origin: opened.phone.origin });
    await opened.window.page.getByRole('button', { name: 'Try again' }).click();
    await vi.waitFor(async () => {
      expect(Math.abs((await heardIn(opened.window.page)).frequencyHz - TONE_HZ)).toBeLessThan(12);
    }, VIEW_LIMIT_MS);
  });

  it('asks for a click where the browser plays nothing before', async (context) => {
    const flags = ALLOWED.map((flag) => flag.replace('no-user-gesture-required', 'document-user-activation-required'));
    const opened = await open(context, { phone: { audio: 'webaudio', configFile }, flags });
    await usesWindow(opened);

    await opened.phone.command('call.dial', { target: 'echo' });

    await opened.window.see(/plays no sound before you click/);
    await opened.window.page.mouse.click(230, 500);
    await vi.waitFor(async () => {
      expect(Math.abs((await heardIn(opened.window.page)).frequencyHz - TONE_HZ)).toBeLessThan(12);
    }, VIEW_LIMIT_MS);
  });
});
