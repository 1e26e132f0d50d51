// Watches the clock, the host and the settings, and says whether the answering machine is on.
import type { Runtime, Timer } from '../../../base/runtime.ts';
import {
  awaySpans,
  decideAt,
  nextChangeMs,
  type AwayDecision,
  type AwayFacts,
  type AwaySpan,
  type OwnCalls,
  type WaySettings,
} from './decide-away.ts';
import { LocalTime } from './local-time.ts';
import type { TimeSpan } from './schedule.ts';
import { endOfPause, untilOf, type UntilWhen } from './until-when.ts';

export interface HostPresence {
  readonly isLocked: boolean;
  readonly idleSec: number;
}

export interface WaysInOptions {
  readonly runtime: Runtime;
  /** The machine's own without one. */
  readonly timeZone?: string | undefined;
  readonly settings: () => WaySettings;
  readonly isDoNotDisturb: () => boolean;
  readonly calendarSpans: () => readonly TimeSpan[];
  /** It was switched on or off, or ends at another time. */
  readonly onChanged: () => void;
}

/** WHY: timers stand still while the machine sleeps, and people set clocks. */
const LOOK_AGAIN_MS = 60_000;

export class WaysIn {
  readonly localTime: LocalTime;
  readonly #options: WaysInOptions;
  #presence: { readonly isLocked: boolean; readonly idleSinceMs: number | null } = {
    isLocked: false,
    idleSinceMs: null,
  };
  #spans: readonly AwaySpan[] = [];
  #told = '';
  #timer: Timer | undefined;

  constructor(options: WaysInOptions) {
    this.#options = options;
    this.localTime = new LocalTime(options.timeZone);
    this.#look();
    this.#told = JSON.stringify(this.decide());
  }

  /** For a call when the user's own calls are given, else in general. */
  decide(ownCalls?: OwnCalls): AwayDecision {
    const { runtime, settings } = this.#options;
    return decideAt(this.#spans, settings(), runtime.wallMs(), ownCalls);
  }

  /** At another time, as far as it is known now. */
  decideLater(atMs: number): AwayDecision {
    const settings = this.#options.settings();
    return decideAt(awaySpans(settings, this.#facts, atMs, this.localTime), settings, atMs);
  }

  setPresence({ isLocked, idleSec }: HostPresence): void {
    this.#presence = { isLocked, idleSinceMs: this.#options.runtime.wallMs() - idleSec * 1000 };
    this.refresh();
  }

  /** What it is decided by was changed, or time went by. */
  refresh(): void {
    this.#look();
    const decision = JSON.stringify(this.decide());
    if (decision === this.#told) return;
    this.#told = decision;
    this.#options.onChanged();
  }

  /** What to set when the user switches it on by hand. */
  switchedOn(until: UntilWhen): Pick<WaySettings, 'enabled' | 'enabledUntilMs' | 'pausedUntilMs'> {
    const enabledUntilMs = untilOf(until, this.#options.runtime.wallMs(), this.localTime);
    return { enabled: true, enabledUntilMs, pausedUntilMs: null };
  }

  /** What to set when he says that he is here. */
  switchedOff(): Pick<WaySettings, 'enabled' | 'enabledUntilMs' | 'pausedUntilMs'> {
    const { runtime, settings } = this.#options;
    const pausedUntilMs = endOfPause(settings(), this.#facts, runtime.wallMs(), this.localTime);
    return { enabled: false, enabledUntilMs: null, pausedUntilMs };
  }

  close(): void {
    this.#timer?.cancel();
  }

  get #facts(): AwayFacts {
    const { isDoNotDisturb, calendarSpans } = this.#options;
    return { ...this.#presence, isDoNotDisturb: isDoNotDisturb(), calendarSpans: calendarSpans() };
  }

  #look(): void {
    const { runtime, settings } = this.#options;
    const nowMs = runtime.wallMs();
    this.#spans = awaySpans(settings(), this.#facts, nowMs, this.localTime);
    this.#timer?.cancel();
    const changeMs = nextChangeMs(this.#spans, nowMs);
    if (changeMs === undefined) return;
    this.#timer = runtime.setTimer(Math.min(LOOK_AGAIN_MS, changeMs - nowMs), () => this.refresh(), true);
  }
}
