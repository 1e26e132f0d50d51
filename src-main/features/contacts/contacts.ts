// The people that the user knows.
import { err, ok, type Result } from '../../base/result.ts';
import { randomToken, type Runtime } from '../../base/runtime.ts';
import type { ContactRecord, ContactRepository } from '../../storage/index.ts';

export type ContactDraft = Omit<ContactRecord, 'id'> & { readonly id?: string | undefined };

export interface ContactsOptions {
  readonly repository: ContactRepository;
  readonly runtime: Runtime;
  readonly onChanged: () => void;
}

/** The list is kept in memory and in the view; more than this many is a directory's task. */
const MAX_CONTACTS = 5000;

export class Contacts {
  readonly #options: ContactsOptions;
  /** Read when somebody asks. */
  #known: readonly ContactRecord[] | undefined;

  constructor(options: ContactsOptions) {
    this.#options = options;
  }

  get #list(): readonly ContactRecord[] {
    return (this.#known ??= this.#options.repository.list());
  }

  list(): readonly ContactRecord[] {
    return this.#list;
  }

  get(id: string): ContactRecord | undefined {
    return this.#list.find((contact) => contact.id === id);
  }

  save(draft: ContactDraft): Result<ContactRecord, string> {
    const saved = this.#put(draft);
    if (saved.ok) this.#refresh();
    return saved;
  }

  /** True when it was there. */
  delete(id: string): boolean {
    if (!this.get(id)) return false;
    this.#options.repository.delete(id);
    this.#refresh();
    return true;
  }

  /** Adds those whose address is not known yet; how many that were. */
  import(drafts: readonly ContactDraft[]): number {
    const known = new Set(this.#list.map(({ address }) => address.toLowerCase()));
    let added = 0;
    for (const draft of drafts) {
      const key = draft.address.trim().toLowerCase();
      if (known.has(key) || !this.#put({ ...draft, id: undefined }, added).ok) continue;
      known.add(key);
      added++;
    }
    this.#refresh();
    return added;
  }

  #put(draft: ContactDraft, addedBefore = 0): Result<ContactRecord, string> {
    const address = draft.address.trim();
    if (address === '') return err('A contact needs a number or an address.');
    const isNew = draft.id === undefined || !this.get(draft.id);
    if (isNew && this.#list.length + addedBefore >= MAX_CONTACTS)
      return err(`There is room for ${MAX_CONTACTS} contacts.`);
    const { repository, runtime } = this.#options;
    const id = draft.id ?? randomToken(runtime);
    const displayName = draft.displayName.trim() === '' ? address : draft.displayName.trim();
    const record = { ...draft, id, address, displayName };
    repository.save(record);
    return ok(record);
  }

  #refresh(): void {
    this.#known = undefined;
    this.#options.onChanged();
  }
}
