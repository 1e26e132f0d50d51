import { describe, expect, it } from 'vitest';
import { DeviceFade } from '../../../../src-main/media/session/device-fade.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

/** 30 ms of a constant, as much at once as is said. */
function played(fade: DeviceFade, samplesAtOnce: number): number[] {
  const heard: number[] = [];
  while (heard.length < 1440) {
    const frame = new Int16Array(samplesAtOnce).fill(9600);
    fade.played(frame);
    heard.push(...frame);
  }
  return heard;
}

describe('sound at the borders of a device', () => {
  it.each([240, 480])('rises over 20 ms and falls over 20 ms, %i samples at once', async (samplesAtOnce) => {
    const fade = new DeviceFade();
    fade.in();
    expect(played(fade, samplesAtOnce)).toEqual(Array.from({ length: 1440 }, (_, i) => Math.min(9600, i * 10)));

    const isSilent = fade.out(new FakeRuntime());
    expect(played(fade, samplesAtOnce)).toEqual(Array.from({ length: 1440 }, (_, i) => Math.max(0, 9600 - i * 10)));
    await isSilent;
  });
});
