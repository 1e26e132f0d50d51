// Protection on the way out and in, or none: keys of an exchange, what they replace, and what failed. RFC 3711 §3.3, RFC 4568 §7.1.4.
import type { Result } from '../../base/result.ts';
import { SrtpReceiver, SrtpSender, type UnprotectFailure } from '../srtp/index.ts';
import type { SrtpPosition, StreamSrtp } from './session-config.ts';
import type { PacketWay } from './session-sockets.ts';

/** Packets under the new key after which none under the old one can be on its way any more. */
const OVERLAP_PACKETS = 100;

const ignoreSent = (): void => {};

interface Incoming {
  readonly key: string;
  readonly receiver: SrtpReceiver;
  heardPackets: number;
}

export class SrtpPath {
  #resume: SrtpPosition | undefined;
  #outgoing: { readonly key: string; readonly sender: SrtpSender } | undefined;
  #incoming: Incoming | undefined;
  /** The key before this one, until the peer has gone over. */
  #before: Incoming | undefined;
  #unauthenticatedPackets = 0;
  #replayedPackets = 0;

  /** `resume`: where a lost process stood under the keys that will be set first. */
  constructor(resume?: SrtpPosition) {
    this.#resume = resume;
  }

  get isOn(): boolean {
    return this.#incoming !== undefined;
  }

  /** undefined while nothing is protected. */
  get position(): SrtpPosition | undefined {
    const { position: sent } = this.#outgoing?.sender ?? {};
    return sent && { sent, received: this.#incoming?.receiver.positions ?? [] };
  }

  get failures(): { readonly unauthenticatedPackets: number; readonly replayedPackets: number } | undefined {
    if (!this.isOn) return undefined;
    return { unauthenticatedPackets: this.#unauthenticatedPackets, replayedPackets: this.#replayedPackets };
  }

  /** Takes over the keys of an exchange; the same ones go on undisturbed. */
  setKeys(srtp: StreamSrtp | undefined): void {
    const resume = this.#resume;
    this.#resume = undefined;
    if (!srtp) {
      this.#outgoing = this.#incoming = this.#before = undefined;
      return;
    }
    this.#setOutgoing(srtp, resume);
    this.#setIncoming(srtp, resume);
  }

  #setOutgoing({ suite, localKey }: StreamSrtp, resume: SrtpPosition | undefined): void {
    const key = `${suite} ${localKey}`;
    if (this.#outgoing?.key === key) return;
    // RFC 3711 §3.3.1: a new key keeps the rollover counter; reports are counted anew
    const earlier = this.#outgoing && { index: this.#outgoing.sender.position.index, reports: 0 };
    const keyAndSalt = Buffer.from(localKey, 'base64');
    this.#outgoing = { key, sender: new SrtpSender({ suite, keyAndSalt }, resume?.sent ?? earlier) };
  }

  #setIncoming({ suite, remoteKey, remoteMki = '' }: StreamSrtp, resume: SrtpPosition | undefined): void {
    const key = `${suite} ${remoteKey} ${remoteMki}`;
    if (this.#incoming?.key === key) return;
    this.#before = this.#incoming;
    const mki = Buffer.from(remoteMki, 'base64');
    const remote = { suite, keyAndSalt: Buffer.from(remoteKey, 'base64'), mki };
    const receiver = new SrtpReceiver(remote, resume?.received, this.#before?.receiver.positions);
    this.#incoming = { key, receiver, heardPackets: 0 };
  }

  sendRtp(packet: Uint8Array, onSent: () => void, sockets: PacketWay | undefined): void {
    if (!this.#outgoing) return sockets?.sendRtp(packet, onSent);
    const sealed = this.#outgoing.sender.protectRtp(packet);
    // The packet itself stays here; what travels is another.
    onSent();
    if (sealed) sockets?.sendRtp(sealed, ignoreSent);
  }

  sendRtcp(report: Uint8Array, sockets: PacketWay | undefined): void {
    const sealed = this.#outgoing ? this.#outgoing.sender.protectRtcp(report) : report;
    if (sealed) sockets?.sendRtcp(sealed);
  }

  /** The packet as it was before it was protected; undefined when it is to be dropped. */
  receiveRtp(bytes: Uint8Array): Uint8Array | undefined {
    return this.#receive(bytes, (receiver) => receiver.unprotectRtp(bytes));
  }

  receiveRtcp(bytes: Uint8Array): Uint8Array | undefined {
    return this.#receive(bytes, (receiver) => receiver.unprotectRtcp(bytes));
  }

  #receive(
    bytes: Uint8Array,
    unprotect: (receiver: SrtpReceiver) => Result<Uint8Array, UnprotectFailure>,
  ): Uint8Array | undefined {
    const incoming = this.#incoming;
    if (!incoming) return bytes;
    const opened = unprotect(incoming.receiver);
    if (opened.ok) {
      incoming.heardPackets++;
      if (incoming.heardPackets >= OVERLAP_PACKETS) this.#before = undefined;
      return opened.value;
    }
    // RFC 4568 §7.1.4: what was sent before the peer took the new key over still arrives.
    const late = this.#before && unprotect(this.#before.receiver);
    if (late?.ok) return late.value;
    if (opened.error === 'replayed') this.#replayedPackets++;
    else this.#unauthenticatedPackets++;
    return undefined;
  }
}
