// Whom a relay lets through to us, and the short way to those we speak with. RFC 8656 §9, §11, §12.
import { BlockList, isIP } from 'node:net';
import type { Runtime, Timer } from '../../base/runtime.ts';
import {
  formatSocketAddress,
  isIpv6Address,
  isSameSocketAddress,
  type SocketAddress,
} from '../../base/socket-address.ts';
import type { KeptChannel } from './kept-place.ts';
import { canonicalAddress } from './stun-attributes.ts';
import { buildStun, TRANSACTION_ID_BYTES } from './stun-message.ts';
import {
  channelAttribute,
  dataAttribute,
  FIRST_CHANNEL,
  peerAttribute,
  TurnMethod,
  unwrapChannelData,
  wrapChannelData,
  type RelayedDatagram,
} from './turn-messages.ts';
import type { TurnRequests } from './turn-requests.ts';

/** RFC 8656 §9: a permission lasts 300 s. */
const RENEWAL_MS = 240_000;
/** A peer names fewer; one that names more is not believed. */
const MAX_ADDRESSES = 32;
/** One for each component, and another after a change of the way. */
const MAX_CHANNELS = 8;
/** What waits for a permission: checks, which are asked again anyhow. */
const MAX_WAITING = 4;

/** RFC 8656 §21.3.1: whoever names these as a place of theirs wants the relay to reach itself. */
const NOBODYS = new BlockList();
NOBODYS.addSubnet('0.0.0.0', 8, 'ipv4');
NOBODYS.addSubnet('127.0.0.0', 8, 'ipv4');
NOBODYS.addSubnet('224.0.0.0', 3, 'ipv4');
NOBODYS.addSubnet('::', 127, 'ipv6');
NOBODYS.addSubnet('ff00::', 8, 'ipv6');

interface Permission {
  readonly peer: SocketAddress;
  isGiven: boolean;
  readonly waiting: (() => void)[];
}

interface Channel {
  readonly number: number;
  readonly peer: SocketAddress;
  isBound: boolean;
}

export interface TurnPeersOptions {
  readonly runtime: Runtime;
  /** Where the relay itself is asked. */
  readonly relay: SocketAddress;
  readonly requests: TurnRequests;
  readonly send: (bytes: Uint8Array) => void;
  /** Whether messages follow each other in a stream. */
  readonly isStream: boolean;
  /** Those that a process before this one had. */
  readonly channels?: readonly KeptChannel[] | undefined;
  /** The relay has bound a channel, or binds it no more. */
  readonly onBound: () => void;
}

export class TurnPeers {
  readonly #options: TurnPeersOptions;
  /** By address: a permission is for every port of it. */
  readonly #permissions = new Map<string, Permission>();
  readonly #channels = new Map<string, Channel>();
  #renewal: Timer | undefined;

  constructor(options: TurnPeersOptions) {
    this.#options = options;
    for (const { peer, isBound } of options.channels ?? []) this.#channelTo(peer).isBound = isBound;
  }

  /** In the order of their numbers. */
  get channels(): readonly KeptChannel[] {
    return [...this.#channels.values()].map(({ peer, isBound }) => ({ peer, isBound }));
  }

  /** What another process had asked for is asked for once more: how old it is, nobody knows. RFC 8656 §9, §12 */
  takeOver(): void {
    for (const channel of this.#channels.values()) {
      this.#permissionFor(channel.peer);
      void this.#bind(channel);
    }
  }

  /** Sends by the relay, as soon as it lets us; nothing to the relay itself. */
  send(bytes: Uint8Array, peer: SocketAddress): void {
    if (!this.#isPeer(peer)) return;
    const channel = this.#channels.get(formatSocketAddress(peer));
    if (channel?.isBound === true)
      return this.#options.send(wrapChannelData(channel.number, bytes, this.#options.isStream));
    const permission = this.#permissionFor(peer);
    if (!permission) return;
    if (permission.isGiven) return this.#indicate(bytes, peer);
    const copy = Uint8Array.from(bytes);
    if (permission.waiting.length < MAX_WAITING) permission.waiting.push(() => this.#indicate(copy, peer));
  }

  /** From now on packets to this peer carry four bytes more, not thirty-six. */
  bind(peer: SocketAddress): void {
    const key = formatSocketAddress(peer);
    if (this.#channels.has(key) || this.#channels.size >= MAX_CHANNELS || !this.#isPeer(peer)) return;
    void this.#bind(this.#channelTo(peer));
  }

  /** Undefined for what comes by no channel of ours. */
  unwrap(bytes: Uint8Array): RelayedDatagram | undefined {
    const data = unwrapChannelData(bytes);
    if (!data) return undefined;
    for (const { number, peer } of this.#channels.values())
      if (number === data.channel) return { from: peer, bytes: data.bytes };
    return undefined;
  }

  /** Whether we have asked for what comes from there. */
  knows({ address }: SocketAddress): boolean {
    return this.#permissions.has(canonicalAddress(address) ?? address);
  }

  close(): void {
    this.#renewal?.cancel();
  }

  #channelTo(peer: SocketAddress): Channel {
    const channel = { number: FIRST_CHANNEL + this.#channels.size, peer, isBound: false };
    this.#channels.set(formatSocketAddress(peer), channel);
    return channel;
  }

  #isPeer(peer: SocketAddress): boolean {
    if (isIP(peer.address) === 0 || isSameSocketAddress(peer, this.#options.relay)) return false;
    return !NOBODYS.check(peer.address, isIpv6Address(peer.address) ? 'ipv6' : 'ipv4');
  }

  #permissionFor(peer: SocketAddress): Permission | undefined {
    const key = canonicalAddress(peer.address) ?? peer.address;
    const known = this.#permissions.get(key);
    if (known) return known;
    if (this.#permissions.size >= MAX_ADDRESSES) return undefined;
    const permission: Permission = { peer, isGiven: false, waiting: [] };
    this.#permissions.set(key, permission);
    void this.#permit(permission);
    this.#renewal ??= this.#options.runtime.setTimer(RENEWAL_MS, () => this.#renew(), true);
    return permission;
  }

  /** A refusal leaves the way dead, which the checks will find. */
  async #permit(permission: Permission): Promise<void> {
    const { peer, waiting } = permission;
    const answer = await this.#options.requests.ask(TurnMethod.createPermission, (transactionId) => [
      peerAttribute(peer, transactionId),
    ]);
    permission.isGiven = answer.ok;
    for (const send of waiting.splice(0)) if (answer.ok) send();
  }

  async #bind(channel: Channel): Promise<void> {
    const answer = await this.#options.requests.ask(TurnMethod.channelBind, (transactionId) => [
      channelAttribute(channel.number),
      peerAttribute(channel.peer, transactionId),
    ]);
    if (channel.isBound === answer.ok) return;
    channel.isBound = answer.ok;
    this.#options.onBound();
  }

  #renew(): void {
    this.#renewal = this.#options.runtime.setTimer(RENEWAL_MS, () => this.#renew(), true);
    for (const permission of this.#permissions.values()) if (permission.isGiven) void this.#permit(permission);
    for (const channel of this.#channels.values()) if (channel.isBound) void this.#bind(channel);
  }

  #indicate(bytes: Uint8Array, peer: SocketAddress): void {
    const transactionId = this.#options.runtime.randomBytes(TRANSACTION_ID_BYTES);
    const attributes = [peerAttribute(peer, transactionId), dataAttribute(bytes)];
    this.#options.send(buildStun({ kind: 'indication', method: TurnMethod.send, transactionId, attributes }));
  }
}
