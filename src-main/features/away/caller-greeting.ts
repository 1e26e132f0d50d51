// Which greeting a caller hears: by rules, by when the user is back, else the usual one.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AwayOptions } from './away-options.ts';
import type { AwaySettings } from './away-settings.ts';
import type { CallQuestion } from './explain-call.ts';
import { backAtPhrases, chooseGreeting, joinPhrases, type GreetingChoice } from './greeting/index.ts';
import type { WaysIn } from './ways-in/index.ts';

type CallerGreetingOptions = Pick<AwayOptions, 'defaultGreetingFile' | 'phrasesFolder' | 'spokenFolder' | 'runtime'>;

export class CallerGreeting {
  readonly #options: CallerGreetingOptions;
  readonly #ways: WaysIn;

  constructor(options: CallerGreetingOptions, ways: WaysIn) {
    this.#options = options;
    this.#ways = ways;
  }

  choose(settings: AwaySettings, question: CallQuestion): GreetingChoice {
    const { defaultGreetingFile } = this.#options;
    const place = { defaultGreetingFile, localTime: this.#ways.localTime, exists: existsSync };
    const choice = chooseGreeting(settings, question, place);
    const backAt = settings.saysBack && choice.rule === null ? this.#sayBackAt(question.atMs) : undefined;
    return backAt === undefined ? choice : { ...choice, file: backAt };
  }

  /** The file in which it is said when the user is back; undefined when nobody knows. */
  #sayBackAt(atMs: number): string | undefined {
    const { phrasesFolder, spokenFolder, runtime } = this.#options;
    const { untilMs } = this.#ways.decideLater(atMs);
    const phrases = untilMs === null ? undefined : backAtPhrases(untilMs, atMs, this.#ways.localTime);
    const files = phrases?.map((name) => join(phrasesFolder, `${name}.wav`));
    return files && joinPhrases(files, spokenFolder, runtime.wallMs());
  }
}
