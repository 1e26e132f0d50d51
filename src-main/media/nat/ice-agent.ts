// Finds the way on which both sides reach each other, and watches over it. RFC 8445 §6, §7, §8, RFC 7675.
import type { Timer } from '../../base/runtime.ts';
import { isSameSocketAddress, type SocketAddress } from '../../base/socket-address.ts';
import {
  baseOf,
  comparable,
  peerPriorityOf,
  seenCandidate,
  type Base,
  type Component,
  type IceCandidate,
} from './candidate.ts';
import { CheckList, type CandidatePair } from './check-list.ts';
import type { Check } from './check-messages.ts';
import { CheckSender } from './check-sender.ts';
import type { IceAgentOptions, IceStart, IceState } from './ice-exchange.ts';
import { answerCheck } from './incoming-checks.ts';
import { KnownPlaces } from './known-places.ts';
import { selectedOf, SelectedWays } from './selected-ways.ts';
import { canonicalAddress, errorCodeOf, mappedAddressOf } from './stun-attributes.ts';
import { BINDING, parseStun, type ReceivedStun } from './stun-message.ts';
import { WayChoice } from './way-choice.ts';

/** RFC 8445 §14.2: between two checks. */
const PACE_MS = 50;
/** RFC 8445 §14.3 */
const LEAST_RTO_MS = 500;
/** After this long without a way there will be none. */
const LIMIT_MS = 20_000;
/** What a peer may have sent before its description is here. */
const MAX_EARLY_CHECKS = 16;

interface HeardCheck {
  readonly check: Check;
  readonly component: Component;
  readonly base: Base;
  readonly from: SocketAddress;
}

export class IceAgent {
  readonly #options: IceAgentOptions;
  readonly #sender: CheckSender;
  readonly #early: HeardCheck[] = [];
  readonly #triggered: CandidatePair[] = [];
  /** Pairs of a process before this one, which are chosen with their first check. */
  readonly #takenUp = new Set<CandidatePair>();
  readonly #choice: WayChoice;
  readonly #ways: SelectedWays;
  /** The question that decides about a pair: the last one. */
  readonly #questions = new Map<CandidatePair, string>();
  readonly #places = new KnownPlaces();
  #state: IceState = 'waiting';
  #list = new CheckList([], [], false);
  #start: IceStart | undefined;
  #pace: Timer | undefined;
  #limit: Timer | undefined;

  constructor(options: IceAgentOptions) {
    this.#options = options;
    this.#sender = new CheckSender(options);
    const { runtime } = options;
    this.#choice = new WayChoice(runtime);
    this.#ways = new SelectedWays({ runtime, sender: this.#sender, onLost: () => this.#fail('consentLost') });
  }

  get state(): IceState {
    return this.#state;
  }

  get isControlling(): boolean {
    return this.#sender.isControlling;
  }

  get pairs(): readonly CandidatePair[] {
    return this.#list.pairs;
  }

  /** The peer's description is here: checks begin. */
  start(start: IceStart): void {
    if (this.#state !== 'waiting') return;
    this.#start = start;
    // RFC 8445 §6.1.1: a lite peer never chooses.
    this.#sender.isControlling = start.isControlling || start.remote.isLite;
    this.#sender.setPeer(start.remote);
    const isOurs = ({ component }: IceCandidate): boolean => start.components.includes(component);
    // RFC 8445 §6.1.2.4: what a server sees of us goes out by the host's own socket, which is checked anyhow.
    const isBase = ({ kind }: IceCandidate): boolean => kind === 'host' || kind === 'relay';
    const locals = this.#options.localCandidates.filter((candidate) => isOurs(candidate) && isBase(candidate));
    const remotes = start.remote.candidates.filter(isOurs).flatMap(comparable);
    this.#list = new CheckList(locals, remotes, this.isControlling);
    this.#state = 'checking';
    this.#limit = this.#options.runtime.setTimer(LIMIT_MS, () => this.#fail('noWay'), true);
    for (const { local, remote } of start.inUse ?? []) this.#takeUp(local, remote);
    for (const heard of this.#early.splice(0)) if (this.#settleRole(heard.check)) this.#note(heard);
    this.#turn();
  }

  /** A datagram that looks like STUN; whatever it is, it harms nobody. */
  receive(bytes: Uint8Array, component: Component, from: SocketAddress, base: Base = 'host'): void {
    const message = parseStun(bytes);
    if (!message?.hasFingerprint || message.method !== BINDING) return;
    const address = canonicalAddress(from.address) ?? from.address;
    const place = { address, port: from.port };
    if (message.kind === 'request') this.#answer(message, { component, base, from: place });
    else if (message.kind !== 'indication') this.#sender.receive(message, place);
  }

  /** Whether a check has shown that the peer is there. */
  knows(component: Component, from: SocketAddress): boolean {
    return this.#places.has(component, from);
  }

  close(): void {
    this.#pace?.cancel();
    this.#limit?.cancel();
    this.#sender.close();
    this.#ways.close();
    this.#state = 'failed';
  }

  #answer(request: ReceivedStun, { component, base, from }: Omit<HeardCheck, 'check'>): void {
    const { local, send } = this.#options;
    const { answer, check } = answerCheck(request, from, local, (said) => this.#settleRole(said));
    send(answer, component, from, base);
    if (!check) return;
    this.#places.add(component, from);
    const heard = { check, component, base, from };
    if (this.#start) this.#note(heard);
    else if (this.#early.length < MAX_EARLY_CHECKS) this.#early.push(heard);
  }

  /** RFC 8445 §7.3.1.1: of two that have the same role, the one with the greater number has its way. */
  #settleRole(check: Check): boolean {
    if (!this.#start || check.isControlling !== this.isControlling) return true;
    const isGreater = this.#sender.tieBreaker >= check.tieBreaker;
    if (isGreater === this.isControlling) return false;
    this.#setControlling(!this.isControlling);
    return true;
  }

  #setControlling(isControlling: boolean): void {
    this.#sender.isControlling = isControlling;
    this.#choice.forget(this.#list);
    this.#list.setControlling(isControlling);
  }

  /** A check of the peer is answered by one of ours on the same way. RFC 8445 §7.3.1.4, §7.3.1.5 */
  #note(heard: HeardCheck): void {
    const { check, component, base, from } = heard;
    if (this.#state === 'failed' || this.#start?.components.includes(component) !== true) return;
    const pair = this.#list.find(component, from, base) ?? this.#addReflexive(heard, check.priority);
    if (!pair) return;
    const isChosen = check.isNominating && !this.isControlling;
    if (isChosen && pair.state === 'succeeded') return this.#select(pair);
    if (isChosen) pair.isNominated = true;
    if (pair.state === 'succeeded' || this.#triggered.includes(pair)) return;
    this.#triggered.push(pair);
    this.#wake();
  }

  /** What a process before this one had chosen is chosen again, as soon as it has been shown to work. */
  #takeUp(local: IceCandidate, remote: SocketAddress): void {
    const [component, base] = [local.component, baseOf(local)];
    const place = { component, base, from: remote };
    const pair = this.#list.find(component, remote, base) ?? this.#addReflexive(place, peerPriorityOf(component, base));
    if (!pair) return;
    this.#takenUp.add(pair);
    this.#triggered.push(pair);
  }

  #addReflexive({ component, base, from }: Omit<HeardCheck, 'check'>, priority: number): CandidatePair | undefined {
    const { localCandidates } = this.#options;
    const own = localCandidates.find((local) => local.component === component && local.kind === base);
    const foundation = `prflx ${from.address}`;
    return own && this.#list.add(own, { ...from, foundation, component, priority, kind: 'prflx' });
  }

  #wake(): void {
    this.#pace ??= this.#options.runtime.setTimer(PACE_MS, () => this.#turn(), true);
  }

  /** One check, and the next one after the pace. */
  #turn(): void {
    this.#pace = undefined;
    if (this.#state === 'failed') return;
    if (this.#isChoosing()) this.#choice.choose(this.#list, this.#open());
    const nominated = this.#choice.next();
    const pair = nominated ?? this.#triggered.shift() ?? (this.#state === 'checking' ? this.#list.next() : undefined);
    const isTakenUp = this.isControlling && pair !== undefined && this.#takenUp.delete(pair);
    if (pair) this.#check(pair, nominated !== undefined || isTakenUp);
    if (pair || this.#isChoosing()) this.#wake();
  }

  #check(pair: CandidatePair, isNominating: boolean): void {
    if (pair.state !== 'succeeded') pair.state = 'inProgress';
    const id = this.#sender.ask({
      component: pair.component,
      base: baseOf(pair.local),
      to: pair.remote,
      isNominating,
      rtoMs: Math.max(LEAST_RTO_MS, PACE_MS * this.#list.openCount),
      onAnswer: (answer, from, check) => this.#takeAnswer(pair, check, answer, from),
      onTimeout: (question) => this.#giveUp(pair, question),
    });
    if (id !== undefined) this.#questions.set(pair, id);
  }

  #giveUp(pair: CandidatePair, id: string): void {
    if (this.#questions.get(pair) !== id) return;
    pair.state = 'failed';
    this.#wake();
  }

  #takeAnswer(pair: CandidatePair, check: Check, answer: ReceivedStun, from: SocketAddress): void {
    if (answer.kind === 'error' && errorCodeOf(answer) === 487) return this.#yieldRole(pair, check);
    const mapped = mappedAddressOf(answer);
    // RFC 8445 §7.2.5.2.1: an answer that comes from elsewhere proves nothing about this way.
    if (answer.kind === 'error' || !mapped || !isSameSocketAddress(from, pair.remote)) {
      pair.state = 'failed';
      return this.#wake();
    }
    pair.seen = seenCandidate(this.#options.localCandidates, pair.local, mapped);
    this.#places.add(pair.component, pair.remote);
    this.#list.succeed(pair);
    this.#choice.noteValid();
    const isChosen = this.isControlling ? check.isNominating : pair.isNominated || this.#start?.isResumed === true;
    if (isChosen) this.#select(pair);
    this.#wake();
  }

  /** RFC 8445 §7.2.5.1: the peer insists on the role that we claimed. */
  #yieldRole(pair: CandidatePair, check: Check): void {
    if (check.isControlling === this.isControlling) {
      this.#sender.renewTieBreaker();
      this.#setControlling(!this.isControlling);
    }
    pair.state = 'waiting';
    this.#triggered.push(pair);
    this.#wake();
  }

  #isChoosing(): boolean {
    return this.#state === 'checking' && this.isControlling && this.#choice.hasValid;
  }

  /** Components that have no way yet. */
  #open(): readonly Component[] {
    return this.#start?.components.filter((component) => !this.#ways.has(component)) ?? [];
  }

  #select(pair: CandidatePair): void {
    pair.isNominated = true;
    if (!this.#ways.select(pair)) return;
    this.#options.onSelected(selectedOf(pair));
    if (this.#open().length > 0) return;
    if (this.#state === 'checking') this.#complete();
    this.#options.onCompleted(this.#ways.pairs);
  }

  #complete(): void {
    this.#state = 'completed';
    this.#limit?.cancel();
    // RFC 8445 §8.1.2: what is still under way is of no use any more.
    for (const [each, id] of this.#questions) if (each.state === 'inProgress') this.#sender.forget(id);
  }

  #fail(reason: 'noWay' | 'consentLost'): void {
    if (this.#state === 'failed') return;
    this.close();
    this.#options.onFailed(reason);
  }
}
