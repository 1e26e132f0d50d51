// Ports that are bound ahead of the call that will use them.
import { ok, type Result } from '../../base/result.ts';
import type { Runtime } from '../../base/runtime.ts';
import { formatSocketAddress, type SocketAddress } from '../../base/socket-address.ts';
import type { Network } from '../rtp/index.ts';
import type { PortPlace, SessionConfig } from './session-config.ts';
import { SessionSockets } from './session-sockets.ts';

/** More pairs than this are not kept for later: the oldest go, which nobody may want any more since the network changed. */
const MAX_RESERVED = 32;

export class ReservedPorts {
  readonly #network: Network;
  readonly #runtime: Runtime;
  readonly #reserved = new Map<string, SessionSockets>();

  constructor(network: Network, runtime: Runtime) {
    this.#network = network;
    this.#runtime = runtime;
  }

  open(place: PortPlace): Promise<Result<SessionSockets, 'noFreePort'>> {
    return SessionSockets.open(place, this.#network, this.#runtime);
  }

  /** The RTP address of a pair that waits for its session. */
  async reserve(place: PortPlace): Promise<Result<SocketAddress, 'noFreePort'>> {
    const opened = await this.open(place);
    if (!opened.ok) return opened;
    const { localRtp } = opened.value;
    this.#reserved.set(formatSocketAddress(localRtp), opened.value);
    if (this.#reserved.size > MAX_RESERVED) this.#closeOldest();
    return ok(localRtp);
  }

  /** The pair that a session shall have: the reserved one, the one it had, or any of the range. */
  async take({ localAddress, portRange, resume }: SessionConfig): Promise<Result<SessionSockets, 'noFreePort'>> {
    if (!resume) return this.open({ localAddress, portRange });
    const key = formatSocketAddress({ address: localAddress, port: resume.rtpPort });
    const reserved = this.#reserved.get(key);
    this.#reserved.delete(key);
    if (reserved) return ok(reserved);
    const samePorts = [resume.rtpPort, resume.rtpPort + 1] as const;
    return this.open({ localAddress, portRange: samePorts });
  }

  #closeOldest(): void {
    for (const [key, sockets] of this.#reserved) {
      sockets.close();
      this.#reserved.delete(key);
      return;
    }
  }

  close(): void {
    for (const sockets of this.#reserved.values()) sockets.close();
    this.#reserved.clear();
  }
}
