import { describe, expect, it } from 'vitest';
import {
  cancelsEcho,
  MicrophoneWatch,
  VOICE_ON,
  type MicrophoneEvent,
} from '../../../../src-main/media/voice/index.ts';

const SILENCE = new Int16Array(480);
const SOUND = new Int16Array(480).fill(200);

/** What is told while `frames` go by, with their number. */
function follow(
  watch: MicrophoneWatch,
  frames: number,
  captured: Int16Array,
  state: { readonly isSpeech?: boolean; readonly isMuted?: boolean },
): [number, MicrophoneEvent][] {
  return Array.from({ length: frames }, (_, i) => [
    i,
    watch.add(captured, state.isSpeech === true, state.isMuted === true),
  ]).filter((entry): entry is [number, MicrophoneEvent] => entry[1] !== undefined);
}

describe('a speaker who is muted', () => {
  it('is told after a third of a second of speech, and again after five seconds', () => {
    const told = follow(new MicrophoneWatch(), 1000, SOUND, { isSpeech: true, isMuted: true });

    expect(told).toEqual([
      [29, 'speakingWhileMuted'],
      [529, 'speakingWhileMuted'],
    ]);
  });

  it('is not told for a cough or while he is heard', () => {
    const watch = new MicrophoneWatch();

    expect(follow(watch, 20, SOUND, { isSpeech: true, isMuted: true })).toEqual([]);
    expect(follow(watch, 100, SOUND, { isMuted: true })).toEqual([]);
    expect(follow(watch, 20, SOUND, { isSpeech: true, isMuted: true })).toEqual([]);
    expect(follow(watch, 500, SOUND, { isSpeech: true })).toEqual([]);
  });
});

describe('a microphone that delivers nothing', () => {
  it('is told after three seconds, and when it is back', () => {
    const watch = new MicrophoneWatch();

    expect(follow(watch, 900, SILENCE, {})).toEqual([[299, 'microphoneSilent']]);
    expect(follow(watch, 10, SOUND, {})).toEqual([[0, 'microphoneHeard']]);
  });

  it('is not told while muted, nor in a pause', () => {
    const watch = new MicrophoneWatch();

    expect(follow(watch, 900, SILENCE, { isMuted: true })).toEqual([]);
    expect(follow(watch, 290, SILENCE, {})).toEqual([]);
    expect(follow(watch, 1, SOUND, {})).toEqual([]);
    expect(follow(watch, 290, SILENCE, {})).toEqual([]);
  });
});

describe('echo cancellation by device', () => {
  it('is left out with a headset, unless the user wants it', () => {
    expect(cancelsEcho(VOICE_ON, ['Built-in Audio', undefined])).toBe(true);
    expect(cancelsEcho(VOICE_ON, ['Jabra Evolve2 65 Mono', 'Jabra Evolve2 65 Mono'])).toBe(false);
    expect(cancelsEcho(VOICE_ON, ['USB Headset', undefined])).toBe(false);
    expect(cancelsEcho({ ...VOICE_ON, echoCancellation: 'on' }, ['USB Headset'])).toBe(true);
    expect(cancelsEcho({ ...VOICE_ON, echoCancellation: 'off' }, ['Built-in Audio'])).toBe(false);
  });
});
