// A registrar on loopback that answers every request with 403: real sockets, for tests that run the built phone.
import { createSocket, type Socket } from 'node:dgram';

/** RFC 3261 §8.2.6.2: what a response takes over from its request. */
const COPIED = /^(via|v|from|f|to|t|call-id|i|cseq)\s*:/i;

export class RefusingRegistrar {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (data, remote) => {
      const lines = data.toString('utf8').split('\r\n');
      const copied = lines.filter((line) => COPIED.test(line));
      const response = ['SIP/2.0 403 Forbidden', ...copied, 'Content-Length: 0', '', ''].join('\r\n');
      socket.send(response, remote.port, remote.address);
    });
  }

  static open(): Promise<RefusingRegistrar> {
    const socket = createSocket('udp4');
    return new Promise((resolve) => {
      socket.bind(0, '127.0.0.1', () => resolve(new RefusingRegistrar(socket)));
    });
  }

  get port(): number {
    return this.#socket.address().port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}
