// The way of one session's packets where both sides look for it: an agent for each exchange of names. RFC 8445, RFC 8839 §4.4.
import type { Runtime } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import {
  IceAgent,
  localCandidates,
  type Base,
  type Component,
  type IceCandidate,
  type IceCredentials,
  type SelectedPair,
  type SilentServers,
} from '../nat/index.ts';
import { CandidateSearch } from './candidate-search.ts';
import type { IceServers } from './media-engine.ts';
import type { FoundPath, KeptPlace, PathLoss, SessionResume, SessionStream, StreamIce } from './session-config.ts';
import type { IceFigures } from './session-figures.ts';
import type { SessionSockets } from './session-sockets.ts';

export interface IcePathOptions {
  readonly runtime: Runtime;
  /** What we have told the peer first; without it no way is looked for before an exchange asks for it. */
  readonly local: IceCredentials | undefined;
  /** The process was lost, and the peer believes that all is settled, where something was sent before. */
  readonly resume: SessionResume | undefined;
  /** Servers that no call waits for now. */
  readonly silentServers: SilentServers;
  readonly onFound: (found: FoundPath) => void;
  /** The peer no longer answers, or the relay that led to it is another one now. */
  readonly onLost: (reason: PathLoss) => void;
  /** What another process would need to go on with our places at the relay. */
  readonly onKept: (places: readonly KeptPlace[]) => void;
}

export class IcePath {
  readonly #options: IcePathOptions;
  #sockets: SessionSockets | undefined;
  #agent: IceAgent | undefined;
  #local: IceCredentials | undefined;
  /** Which exchange of names the agent serves. */
  #key = '';
  #remoteUfrag = '';
  /** Whether the agent decides where packets go and whose are heard. */
  #isInCharge = false;
  #selected: SelectedPair | undefined;
  /** Components whose way leads by our relay. */
  readonly #relayed = new Set<Component>();
  /** The places of these sockets: their own, and those that servers have told. */
  #candidates: IceCandidate[] = [];
  #search: CandidateSearch | undefined;

  constructor(options: IcePathOptions) {
    this.#options = options;
    this.#local = options.local;
  }

  /** Present where a way is looked for. */
  get figures(): IceFigures | undefined {
    if (!this.#agent || this.#key === '') return undefined;
    const { state } = this.#agent;
    const { local, remoteKind } = this.#selected ?? {};
    return local && remoteKind ? { state, localKind: local.kind, remoteKind } : { state };
  }

  /** Checks go by these sockets from now on; an agent of others is of no use any more. */
  attach(sockets: SessionSockets): void {
    const isFirst = this.#sockets === undefined;
    this.#sockets = sockets;
    if (this.#isInCharge) sockets.hold();
    this.#candidates = localCandidates(sockets.localRtp, sockets.localRtcp);
    this.#search?.close();
    this.#search = new CandidateSearch({
      ...this.#options,
      sockets,
      hosts: [...this.#candidates],
      onRelayLost: (component) => void this.#loseRelay(component),
    });
    this.#agent?.close();
    this.#agent = this.#local && this.#createAgent(this.#local);
    this.#key = '';
    this.#selected = undefined;
    this.#relayed.clear();
    if (isFirst) this.#takeOver(this.#search);
  }

  /** Takes over an exchange: a new one of names is a new search. RFC 8445 §9 */
  setStream({ ice, remoteRtp, remoteRtcp }: SessionStream): void {
    if (!ice) return this.#stop();
    const key = keyOf(ice);
    if (key === this.#key) return;
    const { resume } = this.#options;
    const isResumed = resume?.position !== undefined && !this.#isInCharge;
    this.#prepareAgent(ice);
    // What was found before carries the sound until something else is found. RFC 8445 §9
    if (!this.#isInCharge || !this.#selected) this.#sockets?.hold();
    this.#isInCharge = true;
    this.#key = key;
    this.#remoteUfrag = ice.remote.ufrag;
    const components: readonly Component[] = remoteRtp.port === remoteRtcp.port ? [1] : [1, 2];
    const inUse = isResumed && resume.way && { inUse: resume.way.map(({ local, remote }) => ({ local, remote })) };
    this.#agent?.start({ remote: ice.remote, isControlling: ice.isControlling, components, isResumed, ...inUse });
  }

  /** Where else these sockets can be reached, as far as the servers tell in time. RFC 8445 §5.1.1.2 */
  async findCandidates(servers: IceServers): Promise<readonly IceCandidate[]> {
    const [search, candidates] = [this.#search, this.#candidates];
    const found = (await search?.find(servers)) ?? [];
    candidates.push(...found.filter((candidate) => !candidates.includes(candidate)));
    return found;
  }

  receive(bytes: Uint8Array, component: Component, from: SocketAddress, base: Base): void {
    if (base === 'host' && this.#search?.receive(bytes, component, from) === true) return;
    this.#agent?.receive(bytes, component, from, base);
  }

  /** Whether a packet from there is to be heard; undefined where that is for others to say. */
  mayHear(from: SocketAddress): boolean | undefined {
    return this.#isInCharge ? this.#agent?.knows(1, from) : undefined;
  }

  close(): void {
    this.#search?.close();
    this.#agent?.close();
  }

  /** RFC 8656 §3.2: the relay knows us by our port and our name, not by the process; what leads by it is not lost with that. */
  #takeOver(search: CandidateSearch): void {
    const { relay, way = [] } = this.#options.resume ?? {};
    if (!relay) return;
    for (const { local } of way) if (local.kind === 'relay') this.#relayed.add(local.component);
    this.#candidates.push(...search.takeOver(relay));
  }

  /** Who answered early checks goes on with this exchange; any other exchange is for another agent. */
  #prepareAgent({ local }: StreamIce): void {
    const isSameName = local.ufrag === this.#local?.ufrag;
    // RFC 3261 §13.2.2.4: other names for the same ones of ours are another branch of a forked call, which gets the sound alone.
    if (this.#key !== '' && isSameName) this.#selected = undefined;
    if (this.#key === '' && isSameName && this.#agent) return;
    if (this.#key !== '') this.#relayed.clear();
    this.#agent?.close();
    this.#local = local;
    this.#agent = this.#createAgent(local);
  }

  #stop(): void {
    this.#agent?.close();
    this.#agent = undefined;
    if (this.#isInCharge) this.#sockets?.release();
    this.#isInCharge = false;
  }

  #createAgent(local: IceCredentials): IceAgent | undefined {
    const sockets = this.#sockets;
    if (!sockets) return undefined;
    const search = this.#search;
    const agent: IceAgent = new IceAgent({
      runtime: this.#options.runtime,
      local,
      localCandidates: this.#candidates,
      send: (bytes, component, to, base) =>
        base === 'relay' ? search?.sendByRelay(bytes, component, to) : sockets.sendStun(bytes, component, to),
      onSelected: (pair) => {
        const { component, base, remote } = pair;
        if (component === 1) this.#selected = pair;
        if (base === 'relay') this.#relayed.add(component);
        else this.#relayed.delete(component);
        sockets.fix(component, remote, base === 'relay' ? search?.bindRelay(component, remote) : undefined);
      },
      onCompleted: (pairs) => {
        const { isControlling } = agent;
        this.#options.onFound({ localUfrag: local.ufrag, remoteUfrag: this.#remoteUfrag, isControlling, pairs });
      },
      onFailed: (reason) => {
        if (agent === this.#agent) this.#fail(reason);
      },
    });
    return agent;
  }

  /** A relay that was started anew is as silent as a peer that is gone; it is asked first. */
  async #tellNoConsent(): Promise<void> {
    const agent = this.#agent;
    const isWithoutRelay = this.#relayed.size === 0;
    if (isWithoutRelay || ((await this.#search?.confirmRelay()) === true && agent === this.#agent))
      this.#options.onLost('noConsent');
  }

  get #hasWay(): boolean {
    return this.#selected !== undefined;
  }

  /** RFC 8656 §3.2: another place at the relay is a place that the peer does not know yet. */
  async #loseRelay(component: Component): Promise<void> {
    const search = this.#search;
    const lost = this.#candidates.filter(({ kind }) => kind === 'relay');
    for (const candidate of lost) this.#candidates.splice(this.#candidates.indexOf(candidate), 1);
    if (!this.#relayed.has(component)) return;
    this.#selected = undefined;
    this.#relayed.clear();
    this.#sockets?.hold();
    const isBack = await search?.regainRelay();
    // WHY: also when the peer has begun another search meanwhile: our answer to it did not know the new place.
    if (isBack === true && search === this.#search && !this.#hasWay) this.#options.onLost('relayLost');
  }

  #fail(reason: 'noWay' | 'consentLost'): void {
    this.#selected = undefined;
    if (reason === 'consentLost') {
      // RFC 7675 §5.1: who does not answer gets nothing more.
      this.#sockets?.hold();
      return void this.#tellNoConsent();
    }
    // What every phone does that looks for no way is better than silence.
    this.#isInCharge = false;
    this.#sockets?.release();
  }
}

const keyOf = ({ local, remote }: StreamIce): string => `${local.ufrag} ${remote.ufrag} ${remote.pwd}`;
