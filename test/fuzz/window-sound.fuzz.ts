// Fuzz target: what a window sends on its line for sound, from bytes and texts to the media engine.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WindowSound } from '../../src-main/app/window-sound.ts';
import type { MediaEngine, WindowTold } from '../../src-main/media/index.ts';
import { NO_STAGES, WindowLine } from '../../src-main/media/device/index.ts';
import { buildSoundMessage, parseSoundMessage } from '../../src-shared/contract/index.ts';
import { mutations } from '../support/media/mutations.ts';
import { itHasGotOver, itHasGotOverBytes } from './crashers.ts';
import { mutated, timed } from './mutate.ts';
import { runs } from './runs.ts';

const MESSAGES = (['microphone', 'speaker', 'ringer'] as const).flatMap((place) =>
  [1, 2, 10].map((count) => new Uint8Array(buildSoundMessage({ place, samples: new Int16Array(480 * count).fill(3) }))),
);
const TEXTS = [
  JSON.stringify({ kind: 'state', microphone: 'on', isBlocked: false, voice: NO_STAGES }),
  JSON.stringify({ kind: 'state', microphone: 'refused', isBlocked: true, voice: NO_STAGES }),
  JSON.stringify({
    kind: 'devices',
    devices: [{ name: 'a', canCapture: true, canPlay: false, isDefaultCapture: true, isDefaultPlayback: false }],
  }),
  '{"__proto__":{"kind":"state"},"kind":"detached"}',
];

/** An engine that takes all to its line, with a user that counts. */
function openDesk() {
  const line = new WindowLine(() => undefined);
  let samples = 0;
  line.open(
    { onCaptured: (sound) => (samples += sound.length), onUnusable: () => undefined },
    { usesMicrophone: true },
  );
  const media = { events: { on: () => undefined }, takeFromWindow: (told: WindowTold) => line.take(told) };
  const seat = new WindowSound(media as unknown as MediaEngine).attach({ send: () => undefined });
  return { seat, line, captured: () => samples };
}

function checkBytes(bytes: Uint8Array): void {
  // What took long is tried again: each time at a desk of its own.
  const captured = timed(() => {
    const desk = openDesk();
    desk.seat.take(bytes);
    return desk.captured();
  });
  expect(captured % 480).toBe(0);
  expect(captured).toBeLessThanOrEqual(4800);
  const message = parseSoundMessage(bytes);
  if (message) expect(new Uint8Array(buildSoundMessage(message))).toEqual(Uint8Array.from(bytes));
}

function checkText(text: string): void {
  const { seat, line } = openDesk();
  timed(() => seat.take(text));
  expect(line.devices.length).toBeLessThanOrEqual(100);
  seat.leave();
  expect(line.obstacle).toContain('no window');
}

describe('the line for sound of a window under mutation', () => {
  it('passes on whole frames or nothing', () => {
    fc.assert(fc.property(mutations(MESSAGES), checkBytes), { numRuns: runs(3000), seed: 1 });
  });

  it('gets over every text', () => {
    fc.assert(fc.property(mutated(TEXTS), checkText), { numRuns: runs(3000), seed: 2 });
  });

  itHasGotOverBytes('window-sound', checkBytes);
  itHasGotOver('window-sound-text', checkText);
});
