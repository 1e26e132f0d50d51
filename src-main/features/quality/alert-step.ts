// When a call is so bad that a collector should know of it before it is over, and when it is good again. RFC 6035 §4.6.1.1.
import type { SessionStatistics } from '../../media/index.ts';
import type { VoiceQualityAlert } from '../../sip/usage/index.ts';

type Type = VoiceQualityAlert['type'];
type Level = 'good' | 'Warning' | 'Critical';

/** How bad each figure was at the last alert. */
export type AlertState = Readonly<Record<Type, Level>>;

export const NO_ALERTS: AlertState = { NLR: 'good', MOSCQ: 'good' };

interface Limits {
  readonly warning: number;
  readonly critical: number;
  /** Between here and the warning nothing changes, so that a figure on the border says nothing. */
  readonly clear: number;
}

/** How bad, larger is worse: lost packets in percent, and what is missing to a score of 5. */
const LIMITS: Readonly<Record<Type, Limits>> = {
  NLR: { warning: 5, critical: 15, clear: 3 },
  MOSCQ: { warning: 5 - 3.1, critical: 5 - 2.6, clear: 5 - 3.5 },
};

/** Fewer packets prove nothing: five seconds. */
const MIN_PACKETS = 250;

const badness: Readonly<Record<Type, (statistics: SessionStatistics) => number>> = {
  NLR: ({ losses }) => losses.lossFraction * 100,
  MOSCQ: ({ mos }) => 5 - mos,
};

function levelOf(value: number, before: Level, { warning, critical, clear }: Limits): Level {
  if (value >= critical) return 'Critical';
  // What is critical stays so until it is clear, or it would be told again and again.
  if (value >= warning) return before === 'Critical' ? 'Critical' : 'Warning';
  return value <= clear ? 'good' : before;
}

/** What is to be told now, and what is known from now on. */
export function alertStep(
  state: AlertState,
  statistics: SessionStatistics,
): { readonly state: AlertState; readonly alerts: readonly VoiceQualityAlert[] } {
  if (statistics.receivedPackets < MIN_PACKETS) return { state, alerts: [] };
  const next = { ...state };
  const alerts: VoiceQualityAlert[] = [];
  for (const type of ['NLR', 'MOSCQ'] as const) {
    const level = levelOf(badness[type](statistics), state[type], LIMITS[type]);
    if (level !== state[type]) alerts.push({ type, severity: level === 'good' ? 'Clear' : level });
    next[type] = level;
  }
  return { state: next, alerts };
}
