import { beforeEach, describe, expect, it } from 'vitest';
import { err, ok } from '../../../../src-main/base/result.ts';
import { DeviceCare } from '../../../../src-main/media/control/device-care.ts';
import type { Answer } from '../../../../src-main/media/control/media-link.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

const NONE = { backend: 'null', reason: 'there is no microphone or no loudspeaker' } as const;
const SOUND = { backend: 'portaudio', reason: '' } as const;
const HEADSET = {
  ...{ name: 'headset', hostApi: 'ALSA', canCapture: true, canPlay: true },
  ...{ isDefaultCapture: true, isDefaultPlayback: true },
};

let runtime: FakeRuntime;
let listed: Answer<'listDevices'>;
let looks: number;
let isInUse: boolean;
let news: string[];
let returned: string[];
beforeEach(() => {
  runtime = new FakeRuntime();
  [listed, looks, isInUse, news, returned] = [ok([]), 0, false, [], []];
});

const careOf = (names: { captureName?: string; playbackName?: string } = {}, hasWindow = false): DeviceCare =>
  new DeviceCare({
    spec: { kind: 'portaudio', isFallbackAllowed: true, ...names },
    runtime,
    list: () => {
      looks++;
      return Promise.resolve(listed);
    },
    isInUse: () => isInUse,
    hasWindow: () => hasWindow,
    onReturned: (selections) => returned.push(...selections.map(([, name]) => name)),
    onOthers: (reason) => news.push(reason),
  });

describe('a machine without sound devices', () => {
  it('is looked at once a minute while nobody calls, and at once when somebody does', async () => {
    const care = careOf();
    care.noteStatus(NONE);
    await runtime.advance(59_000);
    expect(looks).toBe(0);
    await runtime.advance(2000);
    expect(looks).toBe(1);

    listed = ok([HEADSET]);
    care.noteUse();
    await runtime.advance(10);

    expect(news).toEqual(['there are sound devices again']);
  });

  it('is looked at soon when it had some a moment ago and a call goes on', async () => {
    const care = careOf();
    isInUse = true;
    care.noteStatus(SOUND);
    await runtime.advance(100_000);
    expect(looks).toBe(0);
    care.noteStatus(NONE);
    await runtime.advance(3000);
    expect(looks).toBe(1);

    care.noteStatus(SOUND);
    await runtime.advance(100_000);

    expect(looks).toBe(1);
  });

  it('is not looked at again when its driver does not load', async () => {
    const care = careOf();
    care.noteStatus(NONE);
    listed = err({ kind: 'deviceFailed', message: 'no driver' });

    await runtime.advance(600_000);
    care.noteStatus(NONE);
    care.noteUse();
    await runtime.advance(600_000);

    expect(looks).toBe(1);
  });
});

describe('a headset that is missed', () => {
  it('is looked for seldom while nobody calls, often in a call, and taken again when it is there', async () => {
    const care = careOf({ captureName: 'headset' });
    care.noteStatus({ ...SOUND, missing: ['headset'] });
    await runtime.advance(119_000);
    expect(looks).toBe(1);
    isInUse = true;
    care.noteUse();
    await runtime.advance(9500);
    expect(looks).toBe(5);

    listed = ok([HEADSET]);
    await runtime.advance(3000);

    expect(returned).toEqual(['headset']);
  });
});

describe('a driver that hangs', () => {
  it('is left for the window, or for silence, until it answers', async () => {
    listed = err({ kind: 'engineLost', message: 'no answer' });
    const [care, besideWindow] = [careOf({ playbackName: 'headset' }), careOf({ playbackName: 'headset' }, true)];
    // One device hung before, as in a call.
    care.noteStuck();
    await runtime.advance(10);
    care.noteDriverHung();
    besideWindow.noteDriverHung();

    expect(care.spec).toMatchObject({ kind: 'null', reason: 'the sound devices of this machine do not answer' });
    expect(besideWindow.spec).toMatchObject({ kind: 'webaudio', playbackName: 'headset' });

    listed = ok([]);
    await runtime.advance(60_000);

    expect(news).toEqual(['the sound driver answers again', 'the sound driver answers again']);
    expect(care.spec).toMatchObject({ kind: 'portaudio', playbackName: 'headset' });
  });
});
