// Owns the view: gathers slices when features say that something changed, and pushes whole slices with a revision.
import {
  sliceNames,
  type AnyEvent,
  type PhoneSlices,
  type PhoneView,
  type SliceName,
} from '../../src-shared/contract/index.ts';

/** How each slice is made from the state of the features. */
export type SliceSources = { readonly [Name in SliceName]: () => PhoneSlices[Name] };

export class ViewPublisher {
  readonly #emit: (event: AnyEvent) => void;
  readonly #touched = new Set<SliceName>();
  #sources: SliceSources | undefined;
  #view = { revision: 0 } as PhoneView;
  #isScheduled = false;

  constructor(emit: (event: AnyEvent) => void) {
    this.#emit = emit;
  }

  /** The features are there: makes the first view. Until then touching does nothing. */
  start(sources: SliceSources): void {
    this.#sources = sources;
    this.#view = { revision: 0, ...gather(sources, sliceNames) } as PhoneView;
  }

  /** The view as it is now; what was touched and not yet pushed is pushed first, so that revisions never run backwards. */
  get(): PhoneView {
    this.#flush();
    return this.#view;
  }

  /** Says that these slices may have changed; they are pushed together once the current work is done. */
  touch(...names: readonly SliceName[]): void {
    for (const name of names) this.#touched.add(name);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#isScheduled = false;
    const fresh = this.#sources ? gather(this.#sources, [...this.#touched]) : {};
    this.#touched.clear();
    const changed = Object.fromEntries(
      Object.entries(fresh).filter(
        ([name, value]) => JSON.stringify(value) !== JSON.stringify(this.#view[name as SliceName]),
      ),
    ) as Partial<PhoneSlices>;
    if (Object.keys(changed).length === 0) return;
    this.#view = { ...this.#view, ...changed, revision: this.#view.revision + 1 };
    this.#emit({ event: 'phone.changed', revision: this.#view.revision, changed });
  }
}

function gather(sources: SliceSources, names: readonly SliceName[]): Partial<PhoneSlices> {
  return Object.fromEntries(names.map((name) => [name, sources[name]()]));
}
