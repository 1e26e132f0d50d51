// Every dialog by its identifiers, and who is its owner. RFC 3261 §12.
import type { ServerTransaction } from '../transaction/index.ts';
import type { SipRequest } from '../syntax/index.ts';
import { dialogKey, type DialogId } from './dialog.ts';

/** Who gets the requests of a dialog, their order already checked. */
export interface DialogOwner {
  onRequest(transaction: ServerTransaction): void;
  onAck(ack: SipRequest): void;
  /** RFC 3261 §12.2.2: false when the request's number is out of order. */
  takeSequence(request: SipRequest): boolean;
}

/** Bounded by its users: each dialog belongs to a session, and those have a limit. */
export class DialogTable<Owner extends DialogOwner> {
  readonly #owners = new Map<string, Owner>();

  get size(): number {
    return this.#owners.size;
  }

  add(id: DialogId, owner: Owner): void {
    this.#owners.set(dialogKey(id), owner);
  }

  find(id: DialogId): Owner | undefined {
    return this.#owners.get(dialogKey(id));
  }

  remove(id: DialogId): void {
    this.#owners.delete(dialogKey(id));
  }

  owners(): readonly Owner[] {
    return [...this.#owners.values()];
  }
}
