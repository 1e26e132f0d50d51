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
  /** Nobody knows who it is, and he is asked before the phone rings. */
  readonly asksName: boolean;
  readonly greetingFile: string | null;
  /** The greeting rule that fits; null when it is the usual greeting. */
  readonly rule: string | null;
}

export function forecastOf(
  { isAway, why, answerAfterMs }: AwayDecision,
  { isRefused, asksName }: { readonly isRefused: boolean; readonly asksName: boolean },
  { file, rule }: GreetingChoice,
): CallForecast {
  if (!isAway && isRefused)
    return { outcome: 'refused', why: null, answerAfterSec: null, asksName: false, greetingFile: null, rule: null };
  if (isAway || asksName) {
    const answerAfterSec = asksName ? 0 : answerAfterMs / 1000;
    return { outcome: 'machine', why, answerAfterSec, asksName, greetingFile: file ?? null, rule };
  }
  return { outcome: 'rings', why: null, answerAfterSec: null, asksName: false, greetingFile: null, rule: null };
}
