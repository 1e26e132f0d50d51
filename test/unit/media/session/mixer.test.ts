import { describe, expect, it } from 'vitest';
import type { DeviceLink } from '../../../../src-main/media/session/device-link.ts';
import { Conference, MixBus } from '../../../../src-main/media/session/mixer.ts';

/** A member whose samples count on. */
function counting(volume: number): DeviceLink {
  let at = 0;
  const receive = (): Int16Array => Int16Array.from({ length: 480 }, () => at++);
  return { receive, send: () => {}, session: { volume, isMuted: false } } as unknown as DeviceLink;
}

describe('what the loudspeaker takes of a conference', () => {
  it.each([1, 2])('is all of it, in frames and in halves that alternate, at volume %d', (volume) => {
    const conference = new Conference([counting(volume)]);
    const heard: number[] = [];
    for (const count of [240, 480, 240, 480, 240, 240, 480]) {
      const bus = new MixBus();
      conference.hear(bus, count);
      heard.push(...bus.sums.subarray(0, count));
    }

    expect(heard).toEqual(Array.from({ length: 2400 }, (_, i) => i * volume));
  });
});
