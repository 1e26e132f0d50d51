// What the one who sent a REFER is told of the call that came of it. Pure. RFC 3515 §2.4.5.
import type { CallInfo } from '../call-info.ts';

/** The status to report; undefined while there is nothing to tell. */
export function referredStatusOf({ phase, ending }: Pick<CallInfo, 'phase' | 'ending'>): number | undefined {
  if (phase === 'ringing' || phase === 'early') return 180;
  if (phase === 'connected') return 200;
  if (phase !== 'ended') return undefined;
  return Math.max(300, ending?.statusCode ?? (ending?.by === 'local' ? 487 : 500));
}
