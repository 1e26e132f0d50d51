// Datagrams between sockets of one test: delay, loss and a look at every packet, on virtual time.
import type { SocketAddress } from '../../../src-main/base/socket-address.ts';
import type { DatagramListener, DatagramSocket, Network } from '../../../src-main/media/rtp/index.ts';
import type { FakeRuntime } from '../fake-runtime.ts';

export interface SentDatagram {
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

/** One address, any number of ports. */
export class VirtualNetwork implements Network {
  readonly sent: SentDatagram[] = [];
  readonly takenPorts = new Set<number>();
  delayMs: (packet: SentDatagram) => number = () => 1;
  isLost: (packet: SentDatagram) => boolean = () => false;
  readonly #listeners = new Map<number, DatagramListener>();
  readonly #runtime: FakeRuntime;

  constructor(runtime: FakeRuntime) {
    this.#runtime = runtime;
  }

  open({ address, port }: SocketAddress, listener: DatagramListener): Promise<DatagramSocket | undefined> {
    if (this.takenPorts.has(port)) return Promise.resolve(undefined);
    this.takenPorts.add(port);
    this.#listeners.set(port, listener);
    return Promise.resolve({
      send: (bytes, to, onSent) => {
        this.inject({ from: port, to: to.port, bytes: bytes.slice(), atMs: this.#runtime.nowMs() }, address);
        onSent();
      },
      close: () => {
        this.takenPorts.delete(port);
        this.#listeners.delete(port);
      },
    });
  }

  /** Sends a datagram as if a socket had. */
  inject(packet: SentDatagram, address = '127.0.0.1'): void {
    this.sent.push(packet);
    if (this.isLost(packet)) return;
    this.#runtime.setTimer(this.delayMs(packet), () =>
      this.#listeners.get(packet.to)?.(packet.bytes, { address, port: packet.from }),
    );
  }
}
