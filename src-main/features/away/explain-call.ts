// What would happen to a call from somebody at some time: rings, is refused, or the machine and which greeting. Pure.
import type { AwayDecision, AwayReason } from './ways-in/index.ts';
import type { GreetingChoice } from './greeting/index.ts';

export interface CallQuestion {
  readonly from: string;
  readonly accountId: string;
  readonly atMs: number;
}

export interface CallForecast {
  readonly outcome: 'rings' | 'machine' | 'refused';
  readonly why: AwayReason | null;
  /** How long it rings before the machine takes it; null when the machine does not. */
  readonly answerAfterSec: number | null;
  readonly greetingFile: string | null;
  /** The greeting rule that fits; null when it is the usual greeting. */
  readonly rule: string | null;
}

export function forecastOf(
  { isAway, why, answerAfterMs }: AwayDecision,
  isRefused: boolean,
  { file, rule }: GreetingChoice,
): CallForecast {
  if (isAway) {
    return { outcome: 'machine', why, answerAfterSec: answerAfterMs / 1000, greetingFile: file ?? null, rule };
  }
  const outcome = isRefused ? 'refused' : 'rings';
  return { outcome, why: null, answerAfterSec: null, greetingFile: null, rule: null };
}
