// Which greeting a caller hears: the first rule that fits, then the user's own, then the one of the app.
import { isListed } from '../../call/index.ts';
import { isWithin, type LocalTime, type WeeklyHours } from '../ways-in/index.ts';

/** What is empty fits everybody, every account, every hour. */
export interface GreetingRule {
  readonly name: string;
  /** Addresses of callers, with or without `sip:`. */
  readonly from: readonly string[];
  readonly accountIds: readonly string[];
  readonly hours: readonly WeeklyHours[];
  readonly greetingFile: string;
}

export interface GreetingSettings {
  readonly greetingRules: readonly GreetingRule[];
  readonly greetingFile: string | null;
  /** Callers for whom no rule is made are told when the user is back, where that is known. */
  readonly saysBack: boolean;
}

export interface GreetingQuestion {
  /** The caller's address with its scheme. */
  readonly from: string;
  readonly accountId: string;
  readonly atMs: number;
}

export interface GreetingChoice {
  /** Undefined when there is none at all. */
  readonly file: string | undefined;
  /** The name of the rule that fits; null when none does. */
  readonly rule: string | null;
  /** The user's files that were to be played and are gone. */
  readonly missing: readonly string[];
}

export interface GreetingPlace {
  readonly defaultGreetingFile: string;
  readonly localTime: LocalTime;
  readonly exists: (file: string) => boolean;
}

/** A greeting whose file is gone is passed over. */
export function chooseGreeting(
  settings: GreetingSettings,
  question: GreetingQuestion,
  place: GreetingPlace,
): GreetingChoice {
  const fitting = settings.greetingRules.filter((rule) => fits(rule, question, place.localTime));
  const candidates: { file: string; rule: string | null }[] = [
    ...fitting.map(({ greetingFile, name }) => ({ file: greetingFile, rule: name })),
    ...(settings.greetingFile === null ? [] : [{ file: settings.greetingFile, rule: null }]),
  ];
  const missing: string[] = [];
  for (const candidate of candidates) {
    if (place.exists(candidate.file)) return { ...candidate, missing };
    missing.push(candidate.file);
  }
  const { defaultGreetingFile } = place;
  return { file: place.exists(defaultGreetingFile) ? defaultGreetingFile : undefined, rule: null, missing };
}

const fits = (rule: GreetingRule, { from, accountId, atMs }: GreetingQuestion, localTime: LocalTime): boolean =>
  (rule.from.length === 0 || isListed(rule.from, from)) &&
  (rule.accountIds.length === 0 || rule.accountIds.includes(accountId)) &&
  (rule.hours.length === 0 || isWithin(rule.hours, atMs, localTime));
