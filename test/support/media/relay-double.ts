// A relay on virtual time: asks who is there, gives one place, and does what it is told to do wrong. RFC 8656.
import type { SocketAddress } from '../../../src-main/base/socket-address.ts';
import { parseStun, TurnFraming } from '../../../src-main/media/nat/index.ts';
import {
  addressAttribute,
  addressOf,
  Attribute,
  errorAttribute,
  mappedAddress,
  numberAttribute,
  numberOf,
  textOf,
  valueOf,
} from '../../../src-main/media/nat/stun-attributes.ts';
import type { KeptAllocation } from '../../../src-main/media/nat/kept-place.ts';
import { buildStun, type ReceivedStun, type StunAttribute } from '../../../src-main/media/nat/stun-message.ts';
import { TurnAllocation } from '../../../src-main/media/nat/turn-allocation.ts';
import { TurnMethod, unwrapChannelData, wrapChannelData } from '../../../src-main/media/nat/turn-messages.ts';
import { FakeRuntime } from '../fake-runtime.ts';
import { CREDENTIALS, proofBySha1 } from './relay-proof.ts';

export { CREDENTIALS };
export const RELAY = { address: '192.0.2.50', port: 3478 } as const;
export const RELAYED = { address: '192.0.2.50', port: 50_000 } as const;
export const MAPPED = { address: '198.51.100.7', port: 61_000 } as const;
export const PEER = { address: '203.0.113.5', port: 4000 } as const;
const Turn = { channel: 0x000c, lifetime: 0x000d, peer: 0x0012, data: 0x0013, relayed: 0x0016 } as const;

export interface Asked {
  readonly atMs: number;
  readonly method: number;
  readonly lifetimeSec: number | undefined;
  readonly isProven: boolean;
}

export interface RelayDouble {
  readonly runtime: FakeRuntime;
  /** Of the process that lives. */
  allocation: TurnAllocation;
  readonly asked: Asked[];
  /** What reached a peer, and how: by indication, or by a channel. */
  readonly relayed: { readonly by: 'indication' | 'channel'; readonly text: string; readonly to: SocketAddress }[];
  readonly heard: { readonly text: string; readonly from: SocketAddress }[];
  /** What was told for a process that may come after. */
  readonly told: (KeptAllocation | undefined)[];
  /** When it was told that the place is lost. */
  readonly lostAtMs: number[];
  /** Requests of this method are refused with this code. */
  readonly refusals: Map<number, number>;
  isSilent: boolean;
  /** Whether it proves its answers. */
  isSigning: boolean;
  /** Another one makes the nonce that was given before stale. */
  nonce: string;
  /** Another process has the port from now on, and takes over what is kept; the one before says nothing more. */
  succeed(kept?: KeptAllocation): void;
  /** Something from a peer, by an indication or by the channel bound to it. */
  deliver(text: string, from: SocketAddress, by?: 'indication' | 'channel'): void;
}

export function relayDouble({ isStream = false, givesLifetimeSec = 600, proof = proofBySha1 } = {}): RelayDouble {
  const runtime = new FakeRuntime();
  const channels = new Map<number, SocketAddress>();
  const framing = new TurnFraming();
  const create = (kept?: KeptAllocation): TurnAllocation => {
    const isAlive = (): boolean => double.allocation === allocation;
    const allocation: TurnAllocation = new TurnAllocation({
      runtime,
      relay: RELAY,
      credentials: CREDENTIALS,
      isIpv6: false,
      isStream,
      kept,
      send: (bytes) => {
        if (!isAlive()) return;
        for (const message of isStream ? (framing.take(bytes) ?? []) : [bytes]) take(message);
      },
      onLost: () => double.lostAtMs.push(runtime.nowMs()),
      onData: ({ bytes, from }) => double.heard.push({ text: Buffer.from(bytes).toString(), from }),
      onChanged: () => isAlive() && double.told.push(allocation.kept),
    });
    return allocation;
  };
  const double: RelayDouble = {
    runtime,
    asked: [],
    relayed: [],
    heard: [],
    lostAtMs: [],
    refusals: new Map(),
    isSilent: false,
    isSigning: true,
    nonce: 'first',
    allocation: create(),
    told: [],
    succeed: (kept) => {
      double.allocation = create(kept);
      if (kept) void double.allocation.takeOver(kept);
    },
    deliver: (text, from, by = 'indication') => {
      const [number] = [...channels].find(([, peer]) => peer.port === from.port) ?? [];
      if (by === 'channel')
        return double.allocation.receiveChannelData(wrapChannelData(number ?? 0, Buffer.from(text), isStream));
      const transactionId = runtime.randomBytes(12);
      const attributes = [
        addressAttribute(Turn.peer, from, transactionId),
        { type: Turn.data, value: Buffer.from(text) },
      ];
      give(buildStun({ kind: 'indication', method: TurnMethod.data, transactionId, attributes }));
    },
  };
  const give = (bytes: Uint8Array): void => {
    const message = parseStun(bytes);
    if (message) double.allocation.receive(message, RELAY);
  };
  const take = (bytes: Uint8Array): void => {
    const message = parseStun(bytes);
    const data = message ? undefined : unwrapChannelData(bytes);
    const to = data && channels.get(data.channel);
    if (data && to) double.relayed.push({ by: 'channel', text: Buffer.from(data.bytes).toString(), to });
    if (message?.kind === 'indication') {
      const [peer, value] = [addressOf(message, Turn.peer), valueOf(message, Turn.data)];
      if (peer && value) double.relayed.push({ by: 'indication', text: Buffer.from(value).toString(), to: peer });
    } else if (message) answer(message);
  };
  const answer = (request: ReceivedStun): void => {
    const { method } = request;
    const isProven = proof.isGiven(request, double.nonce);
    double.asked.push({ atMs: runtime.nowMs(), method, lifetimeSec: numberOf(request, Turn.lifetime), isProven });
    if (double.isSilent) return;
    const reply = (kind: 'success' | 'error', attributes: readonly StunAttribute[]): void => {
      const message = { kind, method, transactionId: request.transactionId, attributes };
      const bytes = isProven && double.isSigning ? proof.sign(message) : buildStun(message);
      runtime.setTimer(10, () => give(bytes));
    };
    const code = isProven ? double.refusals.get(method) : textOf(request, Attribute.nonce) === undefined ? 401 : 438;
    if (isProven && method === TurnMethod.refresh && numberOf(request, Turn.lifetime) === 0)
      double.refusals.delete(TurnMethod.allocate);
    const challenge = proof.challenge(double.nonce);
    if (code !== undefined) return reply('error', [errorAttribute(code, 'no'), ...(isProven ? [] : challenge)]);
    const peer = addressOf(request, Turn.peer);
    const number = valueOf(request, Turn.channel);
    if (method === TurnMethod.channelBind && peer && number) channels.set(Buffer.from(number).readUInt16BE(), peer);
    const places = [
      addressAttribute(Turn.relayed, RELAYED, request.transactionId),
      mappedAddress(MAPPED, request.transactionId),
    ];
    const lifetime = numberAttribute(Turn.lifetime, givesLifetimeSec);
    reply('success', method === TurnMethod.allocate ? [...places, lifetime] : [lifetime]);
  };
  return double;
}
