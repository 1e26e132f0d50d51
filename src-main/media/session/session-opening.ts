// How a session comes to its sockets: opened at the ports of its range, or moved to another address of this machine.
import { ok } from '../../base/result.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import { SilentServers } from '../nat/index.ts';
import { nodeNetwork, type Network } from '../rtp/index.ts';
import { fail, noFreePort, noSuchSession, type Answer } from './engine-answers.ts';
import { MediaSession, type MediaSessionOptions } from './media-session.ts';
import { ReservedPorts } from './reserved-ports.ts';
import type { PortPlace, SessionConfig, SessionOpened } from './session-config.ts';
import type { SessionSockets } from './session-sockets.ts';
import { MAX_SESSIONS, type SessionTable } from './session-table.ts';
import type { SourceFiles } from './source-files.ts';

export interface SessionOpeningOptions {
  /** This machine's, where none is given. */
  readonly network: Network | undefined;
  readonly files: SourceFiles;
  readonly sessions: SessionTable;
  /** What every session of the engine shares. */
  readonly shared: Omit<MediaSessionOptions, 'sessionId' | 'config' | 'source' | 'silentServers'>;
}

export class SessionOpening {
  readonly #options: SessionOpeningOptions;
  readonly #ports: ReservedPorts;
  readonly #silentServers: SilentServers;

  constructor(options: SessionOpeningOptions) {
    const { network = nodeNetwork, shared } = options;
    this.#options = options;
    this.#ports = new ReservedPorts(network, shared.runtime);
    this.#silentServers = new SilentServers(shared.runtime);
  }

  /** Binds a pair for a session that will come. */
  async reserve(place: PortPlace): Answer<SocketAddress> {
    const reserved = await this.#ports.reserve(place);
    return reserved.ok ? reserved : noFreePort(place);
  }

  async open(sessionId: string, config: SessionConfig): Answer<SessionOpened> {
    const { sessions, files, shared } = this.#options;
    if (sessions.size >= MAX_SESSIONS) return fail('invalid', `more than ${MAX_SESSIONS} sessions`);
    const source = await files.load(config.source);
    if (!source.ok) return source;
    const silentServers = this.#silentServers;
    const session = new MediaSession({ ...shared, silentServers, sessionId, config, source: source.value });
    const sockets = await this.#ports.take(config);
    if (!sockets.ok) return noFreePort(config);
    session.attach(sockets.value);
    sessions.add(session);
    return ok(opened(sessionId, sockets.value));
  }

  /** Its stream goes on from the new sockets. */
  async move(sessionId: string, localAddress: string): Answer<SessionOpened> {
    const session = this.#options.sessions.get(sessionId);
    if (!session) return noSuchSession(sessionId);
    const place = { localAddress, portRange: session.portRange };
    const sockets = await this.#ports.open(place);
    if (!sockets.ok) return noFreePort(place);
    session.attach(sockets.value);
    return ok(opened(sessionId, sockets.value));
  }

  /** Gives back the ports that wait for a session. */
  close(): void {
    this.#ports.close();
  }
}

const opened = (sessionId: string, { localRtp, localRtcp }: SessionSockets): SessionOpened => ({
  sessionId,
  rtp: localRtp,
  rtcp: localRtcp,
});
