// A relay on a virtual network: a place for each port that asks for one, its channels, and what becomes of both. RFC 8656.
import type { SocketAddress } from '../../../src-main/base/socket-address.ts';
import { parseStun } from '../../../src-main/media/nat/index.ts';
import {
  addressAttribute,
  addressOf,
  errorAttribute,
  mappedAddress,
  numberAttribute,
  numberOf,
  textOf,
  Attribute,
  valueOf,
} from '../../../src-main/media/nat/stun-attributes.ts';
import { buildStun, type ReceivedStun, type StunAttribute } from '../../../src-main/media/nat/stun-message.ts';
import { TurnMethod, unwrapChannelData, wrapChannelData } from '../../../src-main/media/nat/turn-messages.ts';
import type { DatagramSocket } from '../../../src-main/media/rtp/index.ts';
import type { FakeRuntime } from '../fake-runtime.ts';
import { CREDENTIALS, proofBySha1 as proof } from './relay-proof.ts';
import type { VirtualNetwork } from './virtual-network.ts';

const ADDRESS = '192.0.2.50';
const PORT = 3478;
const FIRST_PLACE = 50_000;
const Turn = { channel: 0x000c, lifetime: 0x000d, peer: 0x0012, data: 0x0013, relayed: 0x0016 } as const;

/** As an account names it. */
export const VIRTUAL_RELAY = { server: `turn:${ADDRESS}:${PORT}?transport=udp`, ...CREDENTIALS };

interface Place {
  readonly client: SocketAddress;
  readonly relayed: SocketAddress;
  readonly socket: DatagramSocket;
  readonly channels: Map<number, SocketAddress>;
}

export class VirtualRelay {
  /** Methods that were asked with proof, in order. */
  readonly asked: number[] = [];
  /** Who is killed says no good-bye: what an engine of this process says at its end is not heard. */
  hearsGoodbyes = true;
  nonce = 'first';
  readonly #network: VirtualNetwork;
  readonly #runtime: FakeRuntime;
  readonly #places = new Map<number, Place>();
  #socket: DatagramSocket | undefined;
  #nextPort = FIRST_PLACE;

  private constructor(network: VirtualNetwork, runtime: FakeRuntime) {
    this.#network = network;
    this.#runtime = runtime;
  }

  static async open(network: VirtualNetwork, runtime: FakeRuntime): Promise<VirtualRelay> {
    const relay = new VirtualRelay(network, runtime);
    const at = { address: ADDRESS, port: PORT };
    relay.#socket = await network.open(at, (bytes, from) => void relay.#take(bytes, from));
    return relay;
  }

  /** Started anew: it knows nobody. */
  forget(): void {
    for (const { socket } of this.#places.values()) socket.close();
    this.#places.clear();
  }

  async #take(bytes: Uint8Array, from: SocketAddress): Promise<void> {
    const place = this.#places.get(from.port);
    const message = parseStun(bytes);
    const data = message ? undefined : unwrapChannelData(bytes);
    const channelPeer = data && place?.channels.get(data.channel);
    if (data && channelPeer) place?.socket.send(data.bytes, channelPeer, () => {});
    if (message?.kind === 'indication') {
      const [peer, value] = [addressOf(message, Turn.peer), valueOf(message, Turn.data)];
      if (peer && value) place?.socket.send(value, peer, () => {});
    } else if (message?.kind === 'request') await this.#answer(message, from, place);
  }

  async #answer(request: ReceivedStun, from: SocketAddress, place: Place | undefined): Promise<void> {
    const { method, transactionId } = request;
    const isEnd = method === TurnMethod.refresh && numberOf(request, Turn.lifetime) === 0;
    if (isEnd && !this.hearsGoodbyes) return;
    const reply = (kind: 'success' | 'error', attributes: readonly StunAttribute[], isProven = true): void => {
      const message = { kind, method, transactionId, attributes };
      this.#socket?.send(isProven ? proof.sign(message) : buildStun(message), from, () => {});
    };
    if (!proof.isGiven(request, this.nonce)) {
      const code = textOf(request, Attribute.nonce) === undefined ? 401 : 438;
      reply('error', [errorAttribute(code, 'who?'), ...proof.challenge(this.nonce)], false);
      return;
    }
    this.asked.push(method);
    // RFC 8656 §7.2, §8.2: one place for a port, and none to be kept where there is none.
    if ((method === TurnMethod.allocate) === (place !== undefined)) {
      reply('error', [errorAttribute(437, 'mismatch')]);
      return;
    }
    const given = place ?? (await this.#give(from));
    const [peer, number] = [addressOf(request, Turn.peer), valueOf(request, Turn.channel)];
    if (peer && number) given.channels.set(Buffer.from(number).readUInt16BE(), peer);
    if (isEnd) this.#end(given);
    const places = [addressAttribute(Turn.relayed, given.relayed, transactionId), mappedAddress(from, transactionId)];
    const lifetime = numberAttribute(Turn.lifetime, 600);
    reply('success', method === TurnMethod.allocate ? [...places, lifetime] : [lifetime]);
  }

  async #give(client: SocketAddress): Promise<Place> {
    const relayed = { address: ADDRESS, port: this.#nextPort++ };
    const socket = await this.#network.open(relayed, (bytes, from) => this.#deliver(bytes, from, client));
    if (!socket) throw new Error('the port is free');
    const place = { client, relayed, socket, channels: new Map() };
    this.#places.set(client.port, place);
    return place;
  }

  #deliver(bytes: Uint8Array, from: SocketAddress, client: SocketAddress): void {
    const channels = this.#places.get(client.port)?.channels ?? new Map<number, SocketAddress>();
    const [number] = [...channels].find(([, peer]) => peer.port === from.port) ?? [];
    if (number !== undefined) return this.#socket?.send(wrapChannelData(number, bytes, false), client, () => {});
    const transactionId = this.#runtime.randomBytes(12);
    const attributes = [addressAttribute(Turn.peer, from, transactionId), { type: Turn.data, value: bytes }];
    const indication = { kind: 'indication', method: TurnMethod.data, transactionId, attributes } as const;
    this.#socket?.send(buildStun(indication), client, () => {});
  }

  #end({ client, socket }: Place): void {
    socket.close();
    this.#places.delete(client.port);
  }
}
