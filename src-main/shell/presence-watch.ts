// Tells the phone whether the screen is locked and since when nothing was touched.
import type { Runtime } from '../base/runtime.ts';
import type { CommandParams } from '../../src-shared/contract/index.ts';

/** The part of Electron's powerMonitor that is needed. */
export interface PowerWatch {
  on(event: 'lock-screen' | 'unlock-screen', listener: () => void): unknown;
  getSystemIdleTime(): number;
}

const LOOK_EACH_MS = 10_000;

/** The phone counts on by itself: it is told when the user is back or gone, and now and then in between. */
export function watchPresence(
  power: PowerWatch,
  runtime: Runtime,
  tell: (presence: CommandParams<'host.setPresence'>) => void,
): void {
  let isLocked = false;
  const look = (): void => tell({ isLocked, idleSec: Math.max(0, power.getSystemIdleTime()) });
  const lock = (isNow: boolean) => (): void => {
    isLocked = isNow;
    look();
  };
  power.on('lock-screen', lock(true));
  power.on('unlock-screen', lock(false));
  const lookAgain = (): void => {
    look();
    runtime.setTimer(LOOK_EACH_MS, lookAgain, true);
  };
  lookAgain();
}
