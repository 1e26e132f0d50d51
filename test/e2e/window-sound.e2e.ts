// The window lends its sound: chosen when there is no sound driver, with the microphone that was chosen, and what stands in its way.
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import type { BrowserSession } from './pages/browser-session.ts';
import { audioOf, callEcho, hearsTone, useLentSound, usesWindow, VIEW_LIMIT_MS } from './pages/lent-sound.ts';
import { askedIn, capturedIn, plugIn, unplug } from './pages/sound-tap.ts';

const NO_DRIVER = fileURLToPath(new URL('../support/no-sound-driver.cjs', import.meta.url));
const sound = useLentSound();

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

describe('the sound of the window', () => {
  it('is chosen by itself where there is no sound driver, with the browser’s own echo canceller', async (context) => {
    const opened = await sound.open(context, {
      phone: { audio: 'auto', env: { NODE_OPTIONS: `--require ${NO_DRIVER}` } },
      flags: sound.allowed,
    });
    await callEchoByWindow(opened);

    const [asked] = await askedIn(opened.window.page);

    expect(asked?.audio).toMatchObject({ echoCancellation: true, noiseSuppression: true, autoGainControl: true });
    await opened.window.show('Settings');
    await opened.window.see('Sound goes through this window');
    await opened.window.see(/The sound driver is not installed/);
  });

  it('comes from the microphone that was chosen, which is remembered', async (context) => {
    const opened = await sound.open(context, { phone: { audio: 'webaudio' }, flags: sound.allowed });
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
    const opened = await sound.open(context, { phone: { audio: 'webaudio' }, flags: sound.allowed });
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
    const opened = await sound.open(context, { phone: { audio: 'webaudio' }, flags: sound.allowed });
    await usesWindow(opened);

    expect(await askedIn(opened.window.page)).toHaveLength(0);
  });

  it('goes on without a window, and takes the next one', async (context) => {
    const opened = await sound.open(context, {
      phone: { audio: 'webaudio', configFile: sound.configFile },
      flags: sound.allowed,
    });
    await usesWindow(opened);
    const callId = await callEcho(opened);

    await opened.window.page.close();
    await vi.waitFor(async () => expect(await audioOf(opened)).toMatchObject({ backend: 'null' }), VIEW_LIMIT_MS);
    const view = (await opened.phone.command('phone.getView')) as { calls: { id: string; state: string }[] };
    const page = await opened.context.newPage();
    await page.goto(opened.phone.origin);

    expect(view.calls).toContainEqual(expect.objectContaining({ id: callId, state: 'connected' }));
    await usesWindow(opened);
    await hearsTone(page);
  });
});

describe('what stands in the way of the window’s sound', () => {
  it('says that the microphone is refused, and the call goes on with silence', async (context) => {
    const opened = await sound.open(context, {
      phone: { audio: 'webaudio', configFile: sound.configFile },
      flags: sound.fakeMicrophone,
    });
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
    await hearsTone(opened.window.page);
  });

  it('asks for a click where the browser plays nothing before', async (context) => {
    const flags = sound.allowed.map((flag) =>
      flag.replace('no-user-gesture-required', 'document-user-activation-required'),
    );
    const opened = await sound.open(context, { phone: { audio: 'webaudio', configFile: sound.configFile }, flags });
    await usesWindow(opened);

    await opened.phone.command('call.dial', { target: 'echo' });

    await opened.window.see(/plays no sound before you click/);
    await opened.window.page.mouse.click(230, 500);
    await hearsTone(opened.window.page);
  });
});
