// Plain words for where the sound comes from, and for what is in its way.
import type { PhoneView } from '../../src-shared/contract/index.ts';
import type { WindowSoundState } from '../sound/window-sound.ts';

export interface SoundProblem {
  readonly text: string;
  /** What a button can do about it. */
  readonly help?: 'retry' | 'unblock';
}

/** What keeps this window from lending its sound; undefined when nothing does. */
export function soundProblem({ microphone, isBlocked }: WindowSoundState): SoundProblem | undefined {
  if (isBlocked) return { text: 'The browser plays no sound before you click in this window.', help: 'unblock' };
  switch (microphone) {
    case 'asking':
      return { text: 'The browser asks whether Nightjar may use the microphone: choose “Allow”.' };
    case 'refused':
      return {
        text: 'The microphone is blocked: nobody hears you. Allow it with the icon beside the address, then try again.',
        help: 'retry',
      };
    case 'absent':
      return {
        text: 'No microphone was found: nobody hears you. Plug one in, or choose another in Settings.',
        help: 'retry',
      };
    case 'on':
    case 'off':
      return undefined;
  }
}

const WAYS: Readonly<Record<PhoneView['audio']['backend'], string>> = {
  portaudio: 'Sound goes straight to this computer’s devices.',
  webaudio: 'Sound goes through this window: calls are silent while no window is open.',
  file: 'Sound comes from files and goes to files.',
  null: 'There is no sound.',
};

/** Which way the sound of calls takes. */
export const soundWay = ({ backend }: PhoneView['audio']): string => WAYS[backend];
