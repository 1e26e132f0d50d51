// Where a message is being heard now, and how the user wants messages played.
import type { PhoneView, VoiceMessage } from '../../src-shared/contract/index.ts';

export const SPEEDS = [0.75, 1, 1.25, 1.5, 2] as const;

export interface PlayHabits {
  readonly speed: number;
  readonly skipsSilence: boolean;
}

/** 0 for every message but the one that plays. */
export function playedMs({ playback }: Pick<PhoneView, 'playback'>, message: VoiceMessage, nowMs: number): number {
  if (playback?.messageId !== message.id) return 0;
  const { fromMs, startedAtMs, speed } = playback;
  return Math.min(message.durationSec * 1000, fromMs + Math.max(0, nowMs - startedAtMs) * speed);
}

const KEY = 'nightjar.playing';

/** As the user left them; as it was recorded when nothing can be read. */
export function readHabits(storage: Pick<Storage, 'getItem'>): PlayHabits {
  try {
    const { speed, skipsSilence } = JSON.parse(storage.getItem(KEY) ?? '{}') as Record<string, unknown>;
    return { speed: SPEEDS.find((known) => known === speed) ?? 1, skipsSilence: skipsSilence === true };
  } catch {
    return { speed: 1, skipsSilence: false };
  }
}

/** A window that may keep nothing forgets them when it closes. */
export function keepHabits(storage: Pick<Storage, 'setItem'>, habits: PlayHabits): void {
  try {
    storage.setItem(KEY, JSON.stringify(habits));
  } catch {
    return;
  }
}
