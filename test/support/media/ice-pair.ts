// Two agents over a network of virtual time that loses packets and rewrites addresses as a NAT does.
import type { SocketAddress } from '../../../src-main/base/socket-address.ts';
import {
  hostCandidate,
  IceAgent,
  type Component,
  type IceCandidate,
  type SelectedPair,
} from '../../../src-main/media/nat/index.ts';
import { FakeRuntime } from '../fake-runtime.ts';

export interface IceEnd {
  readonly agent: IceAgent;
  readonly credentials: { readonly ufrag: string; readonly pwd: string };
  readonly candidates: readonly IceCandidate[];
  readonly selected: Map<Component, SelectedPair>;
  /** What it told when each component had its pair. */
  completed: readonly SelectedPair[];
  readonly failures: string[];
  /** When each datagram went out, and where to. */
  readonly sent: { readonly atMs: number; readonly bytes: Uint8Array; readonly to: SocketAddress }[];
}

export interface IceNetwork {
  /** Share of datagrams that get lost. */
  loss: number;
  /** What the receiver sees in place of the true source. */
  translate: (from: SocketAddress) => SocketAddress;
  isCut: boolean;
}

export const ADDRESSES = { left: '192.0.2.1', right: '192.0.2.2' } as const;
const DELAY_MS = 10;

export interface IcePair {
  readonly runtime: FakeRuntime;
  readonly network: IceNetwork;
  readonly left: IceEnd;
  readonly right: IceEnd;
  begin(options?: BeginOptions): void;
}

interface BeginOptions {
  readonly components?: readonly Component[];
  readonly leftControls?: boolean;
  readonly rightControls?: boolean;
  /** What each side has been told of the other; all candidates otherwise. */
  readonly told?: (candidates: readonly IceCandidate[]) => readonly IceCandidate[];
}

export function icePair(seed = 1, secret = 'password'): IcePair {
  const runtime = new FakeRuntime(seed);
  const network: IceNetwork = { loss: 0, translate: (from) => from, isCut: false };
  const ends = new Map<string, IceEnd>();
  const open = (address: string, name: string): IceEnd => {
    const candidates = ([1, 2] as const).map((component) =>
      hostCandidate(component, { address, port: 4000 + component }),
    );
    const end: IceEnd = {
      credentials: { ufrag: `${name}name`, pwd: `${name}-${secret}-of-22-chars` },
      candidates,
      selected: new Map(),
      completed: [],
      failures: [],
      sent: [],
      agent: new IceAgent({
        runtime,
        local: { ufrag: `${name}name`, pwd: `${name}-${secret}-of-22-chars` },
        localCandidates: candidates,
        send: (bytes, component, to) => deliver(end, { address, port: 4000 + component }, bytes, to),
        onSelected: (pair) => end.selected.set(pair.component, pair),
        onCompleted: (pairs) => (end.completed = pairs),
        onFailed: (reason) => end.failures.push(reason),
      }),
    };
    ends.set(address, end);
    return end;
  };
  const deliver = (end: IceEnd, from: SocketAddress, bytes: Uint8Array, to: SocketAddress): void => {
    end.sent.push({ atMs: runtime.nowMs(), bytes, to });
    if (network.isCut || runtime.random() < network.loss) return;
    const [, target] = [...ends].find(([address, each]) => isAt(address, each, to, network)) ?? [];
    const component: Component = to.port % 2 === 1 ? 1 : 2;
    runtime.setTimer(DELAY_MS, () => target?.agent.receive(bytes, component, network.translate(from)));
  };
  const [left, right] = [open(ADDRESSES.left, 'left'), open(ADDRESSES.right, 'right')];
  const begin = ({
    components = [1, 2],
    leftControls = true,
    rightControls = false,
    told,
  }: BeginOptions = {}): void => {
    const describe = ({ credentials, candidates }: IceEnd) => ({
      ...credentials,
      candidates: told ? told(candidates) : candidates,
      isLite: false,
    });
    left.agent.start({ remote: describe(right), isControlling: leftControls, components });
    right.agent.start({ remote: describe(left), isControlling: rightControls, components });
  };
  return { runtime, network, left, right, begin };
}

/** A place is reached by its own address, or by the one that the NAT has given it. */
const isAt = (address: string, end: IceEnd, to: SocketAddress, network: IceNetwork): boolean =>
  address === to.address ||
  end.candidates.some((candidate) => {
    const outside = network.translate({ address: candidate.address, port: candidate.port });
    return outside.address === to.address && outside.port === to.port;
  });
