// A place of ours at a relay: asked for, kept while it is needed, given back. RFC 8656 §6, §7, §8.
import { err, ok, type Result } from '../../base/result.ts';
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import type { KeptAllocation } from './kept-place.ts';
import { mappedAddressOf } from './stun-attributes.ts';
import type { ReceivedStun } from './stun-message.ts';
import {
  allocationAttributes,
  lifetimeAttribute,
  lifetimeOf,
  readDataIndication,
  relayedAddressOf,
  TurnMethod,
  type RelayedDatagram,
} from './turn-messages.ts';
import { TurnPeers } from './turn-peers.ts';
import { TurnRequests, type TurnCredentials, type TurnFailure } from './turn-requests.ts';

/** RFC 8656 §3.2: what relays give, and within which we believe them. */
const USUAL_LIFETIME_SEC = 600;
const LEAST_LIFETIME_SEC = 60;
const MOST_LIFETIME_SEC = 3600;
/** RFC 8656 §8.1: refreshed so long before its end, that the request may get lost on the way. */
const AHEAD_SEC = 60;
const ALLOCATION_MISMATCH = 437;
/** INTEROP: coturn says at once that a place is given back, and a second later it is. */
const MISMATCH_TRIES = 16;
const MISMATCH_WAIT_MS = 100;
/** Three times asked: after 0, 500 and 1500 ms. */
const CONFIRMATION_MS = 2000;

export interface TurnAllocationOptions {
  readonly runtime: Runtime;
  /** Where the relay is. */
  readonly relay: SocketAddress;
  readonly credentials: TurnCredentials;
  readonly isIpv6: boolean;
  readonly send: (bytes: Uint8Array) => void;
  /** Whether messages follow each other in a stream, which loses none. */
  readonly isStream: boolean;
  readonly onData: (datagram: RelayedDatagram) => void;
  /** The relay keeps the place no longer. */
  readonly onLost: () => void;
  /** What another process would have to know has changed. */
  readonly onChanged: () => void;
  /** The place that a process before this one had from the same port; taken over by `takeOver`. */
  readonly kept?: KeptAllocation | undefined;
}

export type Allocated = Pick<KeptAllocation, 'relayed' | 'mapped'>;

export class TurnAllocation {
  readonly #options: TurnAllocationOptions;
  readonly #requests: TurnRequests;
  readonly #peers: TurnPeers;
  #refresh: Timer | undefined;
  #waiting: Timer | undefined;
  #isOpen = false;
  #allocated: Allocated | undefined;

  constructor(options: TurnAllocationOptions) {
    const { runtime, relay, credentials, send, isStream, kept } = options;
    this.#options = options;
    const onQuestion = (): void => this.#tellChange();
    const { question, channels } = kept ?? {};
    this.#requests = new TurnRequests({ runtime, credentials, send, isReliable: isStream, question, onQuestion });
    const onBound = onQuestion;
    this.#peers = new TurnPeers({ runtime, relay, requests: this.#requests, send, isStream, channels, onBound });
  }

  /** What another process would need to take the place over; undefined where there is none. */
  get kept(): KeptAllocation | undefined {
    const { question } = this.#requests;
    if (!this.#isOpen || !this.#allocated || !question) return undefined;
    return { ...this.#allocated, question, channels: this.#peers.channels };
  }

  async allocate(): Promise<Result<Allocated, TurnFailure>> {
    let answer = await this.#ask();
    for (let tries = 0; tries < MISMATCH_TRIES && isMismatch(answer); tries++) {
      // RFC 8656 §7.4: the place that a process of ours had from this port before it was lost.
      if (tries === 0) await this.#requests.ask(TurnMethod.refresh, () => [lifetimeAttribute(0)]);
      else await this.#pause(MISMATCH_WAIT_MS);
      answer = await this.#ask();
    }
    if (!answer.ok) return answer;
    const [relayed, mapped] = [relayedAddressOf(answer.value), mappedAddressOf(answer.value)];
    if (!relayed || !mapped) return err('noAnswer');
    this.#open({ relayed, mapped });
    this.#keep(answer.value);
    return ok({ relayed, mapped });
  }

  /**
   * Goes on with the place of a process before this one: its channels are used at once, while the relay is asked whether it
   * still has the place. Where it says no, or nothing in time, the place is told to be lost. RFC 8656 §8.
   */
  async takeOver({ relayed, mapped }: KeptAllocation): Promise<void> {
    this.#open({ relayed, mapped });
    this.#peers.takeOver();
    await this.confirm();
  }

  /** Whether the relay still has the place and says so soon; where not, it is told to be lost. */
  async confirm(): Promise<boolean> {
    if (!this.#isOpen) return false;
    this.#refresh?.cancel();
    const isThere = await Promise.race([this.#renew(), this.#pause(CONFIRMATION_MS).then(() => false)]);
    if (!isThere) this.#lose();
    return isThere;
  }

  /** Sends to a peer by the relay. */
  send(bytes: Uint8Array, to: SocketAddress): void {
    if (this.#isOpen) this.#peers.send(bytes, to);
  }

  /** This peer is the one we speak with. */
  bind(peer: SocketAddress): void {
    if (this.#isOpen) this.#peers.bind(peer);
  }

  /** A STUN message that came from the relay; false where it answers nothing that was asked here. */
  receive(message: ReceivedStun, from: SocketAddress): boolean {
    if (message.kind !== 'indication') return this.#requests.receive(message, from);
    const datagram = message.method === TurnMethod.data ? readDataIndication(message) : undefined;
    // RFC 8656 §11.4: what comes from elsewhere than was permitted is dropped.
    if (datagram && this.#peers.knows(datagram.from)) this.#options.onData(datagram);
    return true;
  }

  receiveChannelData(bytes: Uint8Array): void {
    const datagram = this.#peers.unwrap(bytes);
    if (datagram) this.#options.onData(datagram);
  }

  /** RFC 8656 §8.1: a lifetime of nothing gives the place back. */
  close(): void {
    if (this.#isOpen) this.#requests.tell(TurnMethod.refresh, () => [lifetimeAttribute(0)]);
    this.#isOpen = false;
    this.#refresh?.cancel();
    this.#waiting?.cancel();
    this.#peers.close();
    this.#requests.close();
  }

  #open(allocated: Allocated): void {
    this.#isOpen = true;
    this.#allocated = allocated;
    this.#tellChange();
  }

  #tellChange(): void {
    if (this.#isOpen) this.#options.onChanged();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => (this.#waiting = this.#options.runtime.setTimer(ms, resolve, true)));
  }

  #ask(): ReturnType<TurnRequests['ask']> {
    const attributes = allocationAttributes(this.#options.isIpv6);
    return this.#requests.ask(TurnMethod.allocate, () => attributes);
  }

  #keep(answer: ReceivedStun): void {
    const saidSec = lifetimeOf(answer) ?? USUAL_LIFETIME_SEC;
    const lifetimeSec = Math.min(MOST_LIFETIME_SEC, Math.max(LEAST_LIFETIME_SEC, saidSec));
    const waitSec = Math.max(lifetimeSec / 2, lifetimeSec - AHEAD_SEC);
    this.#refresh = this.#options.runtime.setTimer(waitSec * 1000, () => void this.#renew(), true);
  }

  /** RFC 8656 §8.1: a relay that refuses, or is silent, has lost us: nothing comes by it any more. */
  async #renew(): Promise<boolean> {
    const answer = await this.#requests.ask(TurnMethod.refresh, () => [lifetimeAttribute(USUAL_LIFETIME_SEC)]);
    if (answer.ok) this.#keep(answer.value);
    else this.#lose();
    return answer.ok;
  }

  #lose(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.close();
    this.#options.onLost();
  }
}

const isMismatch = (answer: Result<ReceivedStun, TurnFailure>): boolean =>
  !answer.ok && answer.error === ALLOCATION_MISMATCH;
