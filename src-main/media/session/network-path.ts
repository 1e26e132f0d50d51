// Where a session's datagrams come in and go out: its sockets, the way that was found, and what protects them. RFC 7983 §7.
import type { Runtime } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import type { Base, Component, IceCandidate, SilentServers } from '../nat/index.ts';
import { IcePath } from './ice-path.ts';
import type { IceServers, MediaEvents } from './media-engine.ts';
import type { PacketReceiver } from './packet-receiver.ts';
import { SecurePath } from './secure-path.ts';
import type { KeptPlace, SessionConfig, SessionStream } from './session-config.ts';
import type { IceFigures } from './session-figures.ts';
import type { DatagramUser, SessionSockets } from './session-sockets.ts';

export interface NetworkPathOptions {
  readonly sessionId: string;
  readonly config: SessionConfig;
  readonly runtime: Runtime;
  readonly silentServers: SilentServers;
  readonly emit: <Name extends keyof MediaEvents>(name: Name, payload: MediaEvents[Name]) => void;
  /** What a successor would need to go on with our places at a relay. */
  readonly onKept: (places: readonly KeptPlace[]) => void;
  /** A handshake has brought keys. */
  readonly onKeys: () => void;
  /** A report of the peer, as it was before it was protected. */
  readonly onReport: (plain: Uint8Array) => void;
}

export class NetworkPath implements DatagramUser {
  /** What is sent goes through here. */
  readonly secure: SecurePath;
  /** Who gets the peer's packets; there is none before the first exchange. */
  receiver: PacketReceiver | undefined;
  readonly #runtime: Runtime;
  readonly #onReport: (plain: Uint8Array) => void;
  readonly #ice: IcePath;
  #sockets: SessionSockets | undefined;
  #stream: SessionStream | undefined;

  constructor({ sessionId, config, runtime, silentServers, emit, onKept, onKeys, onReport }: NetworkPathOptions) {
    this.#runtime = runtime;
    this.#onReport = onReport;
    this.secure = new SecurePath({
      runtime,
      resume: config.resume,
      sockets: () => this.#sockets,
      onAgreed: ({ suite }) => {
        emit('encryptionAgreed', { sessionId, suite });
        onKeys();
      },
      onFailed: (message) => emit('encryptionFailed', { sessionId, message }),
    });
    this.#ice = new IcePath({
      runtime,
      local: config.ice,
      resume: config.resume,
      silentServers,
      onFound: (found) => emit('pathFound', { sessionId, ...found }),
      onLost: (reason) => emit('pathLost', { sessionId, reason }),
      onKept,
    });
  }

  get sockets(): SessionSockets | undefined {
    return this.#sockets;
  }

  /** Present where a way is looked for. */
  get iceFigures(): IceFigures | undefined {
    return this.#ice.figures;
  }

  /** Takes the sockets over; others that it had are closed, and the stream goes on by the new ones. */
  attach(sockets: SessionSockets): void {
    const before = this.#sockets;
    this.#sockets = sockets;
    sockets.user = this;
    if (this.#stream) sockets.setStream(this.#stream);
    this.#ice.attach(sockets);
    before?.close();
  }

  /** Takes over an exchange. */
  setStream(stream: SessionStream): void {
    this.#stream = stream;
    this.#sockets?.setStream(stream);
    this.#ice.setStream(stream);
    this.secure.setStream(stream);
  }

  /** RFC 8445 §5.1.1.2 */
  findCandidates(servers: IceServers): Promise<readonly IceCandidate[]> {
    return this.#ice.findCandidates(servers);
  }

  onRtp(bytes: Uint8Array, from: SocketAddress): void {
    const plain = this.secure.receiveRtp(bytes);
    const packet = plain && this.receiver?.parse(plain);
    const isPeers = packet && (this.secure.isOn || this.receiver?.tracker.isContinuedBy(packet));
    if (!packet || !(this.#ice.mayHear(from) ?? this.#sockets?.latch.accept(from, isPeers))) return;
    this.receiver?.receive(packet, this.#runtime.nowMs());
  }

  onRtcp(bytes: Uint8Array): void {
    const plain = this.secure.receiveRtcp(bytes);
    if (plain) this.#onReport(plain);
  }

  onDtls(bytes: Uint8Array, from: SocketAddress): void {
    const mayHear = this.#ice.mayHear(from);
    if (mayHear === true) this.secure.receiveDtls(bytes);
    if (mayHear !== undefined) return;
    const latch = this.#sockets?.latch;
    if (latch?.mayHear(from)) this.secure.receiveDtls(bytes, () => latch.follow(from));
  }

  onStun(bytes: Uint8Array, component: Component, from: SocketAddress, base: Base): void {
    this.#ice.receive(bytes, component, from, base);
  }

  close(): void {
    this.secure.close();
    this.#ice.close();
    this.#sockets?.close();
  }
}
