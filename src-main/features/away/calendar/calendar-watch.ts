// Keeps the busy times of the user's calendar: read when it is chosen and every quarter of an hour, kept while it cannot be had.
import type { Result } from '../../../base/result.ts';
import type { Runtime, Timer } from '../../../base/runtime.ts';
import type { BusySpan } from './busy-times.ts';
import type { ReadCalendar } from './read-in-worker.ts';

export interface CalendarSettings {
  /** A file, or an address in the web. */
  readonly source: string;
  /** Only entries whose title has this word in it; empty: all that take time. */
  readonly word: string;
}

/** What was read last, as it outlives the phone. */
export interface KeptCalendar extends CalendarSettings {
  readonly readAtMs: number;
  readonly spans: readonly BusySpan[];
}

export interface CalendarStatus {
  /** null before it was read. */
  readonly readAtMs: number | null;
  /** Entries of the coming two months. */
  readonly entryCount: number;
  /** Why it could not be read the last time: a sentence. */
  readonly failure: string | null;
}

export interface CalendarParts {
  readonly runtime: Runtime;
  readonly load: (source: string) => Promise<Result<string, string>>;
  readonly read: ReadCalendar;
  readonly kept: { read(): KeptCalendar | undefined; write(kept: KeptCalendar): void };
  readonly onChanged: () => void;
}

const READ_AGAIN_MS = 15 * 60_000;
const HORIZON_MS = 60 * 86_400_000;

const isSame = (a: CalendarSettings | null | undefined, b: CalendarSettings | null | undefined): boolean =>
  a?.source === b?.source && a?.word === b?.word;

export class CalendarWatch {
  readonly #parts: CalendarParts;
  #settings: CalendarSettings | null = null;
  #kept: KeptCalendar | undefined;
  #failure: string | null = null;
  #timer: Timer | undefined;

  constructor(parts: CalendarParts) {
    this.#parts = parts;
  }

  get spans(): readonly BusySpan[] {
    return this.#kept?.spans ?? [];
  }

  /** undefined without a calendar. */
  get status(): CalendarStatus | undefined {
    if (this.#settings === null) return undefined;
    const { readAtMs = null, spans = [] } = this.#kept ?? {};
    return { readAtMs, entryCount: spans.length, failure: this.#failure };
  }

  /** Reads it when it is another one than before. */
  follow(settings: CalendarSettings | null): void {
    if (isSame(settings, this.#settings)) return;
    this.#settings = settings;
    this.#failure = null;
    const kept = this.#parts.kept.read();
    this.#kept = settings !== null && isSame(kept, settings) ? kept : undefined;
    void this.readNow();
  }

  async readNow(): Promise<void> {
    const settings = this.#settings;
    this.#timer?.cancel();
    if (settings === null) return;
    this.#timer = this.#parts.runtime.setTimer(READ_AGAIN_MS, () => void this.readNow(), true);
    const result = await this.#read(settings);
    // Another one was chosen meanwhile.
    if (!isSame(settings, this.#settings)) return;
    if (result.ok) {
      this.#kept = { ...settings, readAtMs: this.#parts.runtime.wallMs(), spans: result.value };
      this.#parts.kept.write(this.#kept);
    }
    this.#failure = result.ok ? null : result.error;
    this.#parts.onChanged();
  }

  close(): void {
    this.#settings = null;
    this.#timer?.cancel();
  }

  async #read({ source, word }: CalendarSettings): Promise<Result<readonly BusySpan[], string>> {
    const loaded = await this.#parts.load(source);
    if (!loaded.ok) return loaded;
    const fromMs = this.#parts.runtime.wallMs();
    return this.#parts.read({ text: loaded.value, word, fromMs, untilMs: fromMs + HORIZON_MS });
  }
}
