// How busy the user is with calls of his own. Pure.
import type { CallInfo } from '../../call/index.ts';
import type { OwnCalls } from './decide-away.ts';

type OwnCall = Pick<CallInfo, 'id' | 'phase' | 'direction' | 'isAway'>;

/** Without the call that it is asked for; `count` counts those that are not shown yet as well. */
export function ownCallsOf(calls: readonly OwnCall[], maxCalls: number, exceptId?: string, count?: number): OwnCalls {
  const own = calls.filter(({ id, phase, isAway }) => id !== exceptId && phase !== 'ended' && !isAway);
  return {
    isFull: (count ?? own.length) >= maxCalls,
    isInCall: own.some(({ phase, direction }) => phase === 'connected' || direction === 'outgoing'),
  };
}
