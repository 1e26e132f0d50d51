// Owns the view: gathers slices when features say that something changed, and pushes whole slices with a revision.
import {
  sliceNames,
  type AnyEvent,
  type PhoneSlices,
  type PhoneView,
  type SliceName,
} from '../../src-shared/contract/index.ts';
import type { Runtime } from '../base/runtime.ts';

/** How each slice is made from the state of the features. */
export type SliceSources = { readonly [Name in SliceName]: () => PhoneSlices[Name] };

/** Showing what the phone does may take this part of its time: a phone with hundreds of calls is looked at less often. */
const TIME_SHARE = 0.02;
const MAX_REST_MS = 1000;
/** What one push more says of how long they take: the first ones of a phone that has just started are no rule. */
const NEWEST_SHARE = 0.2;

interface KnownSlice {
  readonly value: PhoneSlices[SliceName];
  readonly text: string;
}

export class ViewPublisher {
  readonly #runtime: Runtime;
  readonly #emit: (event: AnyEvent) => void;
  readonly #touched = new Set<SliceName>();
  /** Slices are made when somebody asks for them or when they change. */
  readonly #known = new Map<SliceName, KnownSlice>();
  #sources: SliceSources | undefined;
  #revision = 0;
  #isScheduled = false;
  #restsUntilMs = 0;
  #usualMs = 0;

  constructor(runtime: Runtime, emit: (event: AnyEvent) => void) {
    this.#runtime = runtime;
    this.#emit = emit;
  }

  /** The features are there. Until then touching pushes nothing. */
  start(sources: SliceSources): void {
    this.#sources = sources;
  }

  /** The phone closes: what is still touched is pushed no more, for its sources may be closed. */
  stop(): void {
    this.#sources = undefined;
  }

  /** The view as it is now; what was touched and not yet pushed is pushed first, so that revisions never run backwards. */
  get(): PhoneView {
    this.flush();
    return { revision: this.#revision, ...this.#slices(sliceNames) } as PhoneView;
  }

  /** Some slices as they are now, without making the others. */
  getSome(names: readonly SliceName[]): { readonly revision: number; readonly changed: Partial<PhoneSlices> } {
    this.flush();
    return { revision: this.#revision, changed: this.#slices(names) };
  }

  /** Says that these slices may have changed; they are pushed together once the current work is done. */
  touch(...names: readonly SliceName[]): void {
    for (const name of names) this.#touched.add(name);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const restMs = this.#restsUntilMs - this.#runtime.nowMs();
    if (restMs > 0) this.#runtime.setTimer(restMs, () => this.flush(), true);
    else queueMicrotask(() => this.flush());
  }

  #slices(names: readonly SliceName[]): Partial<PhoneSlices> {
    for (const name of names) if (!this.#known.has(name)) this.#refresh(name);
    return Object.fromEntries(names.map((name) => [name, this.#known.get(name)?.value]));
  }

  /** Pushes what was touched, now. */
  flush(): void {
    this.#isScheduled = false;
    if (!this.#sources || this.#touched.size === 0) return;
    const startedMs = this.#runtime.nowMs();
    const changed: Partial<Record<SliceName, unknown>> = {};
    for (const name of this.#touched) if (this.#refresh(name)) changed[name] = this.#known.get(name)?.value;
    this.#touched.clear();
    if (Object.keys(changed).length > 0) {
      this.#revision++;
      this.#emit({ event: 'phone.changed', revision: this.#revision, changed: changed as Partial<PhoneSlices> });
    }
    const nowMs = this.#runtime.nowMs();
    this.#usualMs += NEWEST_SHARE * (nowMs - startedMs - this.#usualMs);
    this.#restsUntilMs = nowMs + Math.min(MAX_REST_MS, this.#usualMs / TIME_SHARE);
  }

  /** Makes a slice anew; whether it says something else than before. */
  #refresh(name: SliceName): boolean {
    const value = this.#sources?.[name]();
    if (value === undefined) return false;
    const text = JSON.stringify(value);
    if (text === this.#known.get(name)?.text) return false;
    this.#known.set(name, { value, text });
    return true;
  }
}
