// A socket in the hand of a test: it sends the bytes it is told to and keeps every message that comes, with its time.
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { WireMessage } from './wire-message.ts';

export type Transport = 'udp' | 'tcp';

export const LOOPBACK = '127.0.0.1';
const WAIT_MS = 4000;

interface Waiting {
  readonly take: () => boolean;
}

export class WirePeer {
  readonly transport: Transport;
  /** Every message in the order it came, repetitions included. */
  readonly received: WireMessage[] = [];
  /** Line ends that came without a message. */
  keepAlives = 0;
  /** Streams that ended or broke. */
  closedStreams = 0;
  /** Streams that were opened, by either side. */
  connectionCount = 0;
  readonly #taken = new Set<string>();
  readonly #waiting = new Set<Waiting>();
  readonly #streams = new Set<Socket>();
  #socket: DatagramSocket | undefined;
  #server: Server | undefined;
  #stream: Socket | undefined;
  #remotePort: number;
  #isClosed = false;

  private constructor(transport: Transport, remotePort: number) {
    this.transport = transport;
    this.#remotePort = remotePort;
  }

  /** Listens on a port of its own; what it sends goes to `remotePort`, or to where the last message came from. */
  static async open(transport: Transport, remotePort = 0): Promise<WirePeer> {
    const peer = new WirePeer(transport, remotePort);
    await (transport === 'udp' ? peer.#bind() : peer.#listen());
    return peer;
  }

  get port(): number {
    if (this.#socket) return this.#socket.address().port;
    return (this.#server?.address() as AddressInfo).port;
  }

  /** Where what came last came from, and where what is sent goes. */
  get remotePort(): number {
    return this.#remotePort;
  }

  /** Over TCP: on the connection that there is, or on a new one. */
  async send(text: string | Buffer, remotePort = this.#remotePort): Promise<void> {
    const bytes = Buffer.from(text);
    if (this.#socket) {
      this.#socket.send(bytes, remotePort, LOOPBACK);
      return;
    }
    if (!this.#stream || this.#stream.destroyed) {
      const stream = connect(remotePort, LOOPBACK);
      await new Promise<void>((resolve, reject) => stream.once('connect', resolve).once('error', reject));
      this.#follow(stream);
    }
    this.#stream?.write(bytes);
  }

  /** Ends the connection as a peer does that goes away. */
  closeStream(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
  }

  /** The next request of this method; repetitions of one that was taken do not count. */
  request(method: string, limitMs = WAIT_MS): Promise<WireMessage> {
    return this.#next(`${method} request`, (message) => message.isRequest && message.method === method, limitMs);
  }

  /** The next response with this status; provisional ones before it are passed over. */
  async response(status: number, method?: string, limitMs = WAIT_MS): Promise<WireMessage> {
    return this.#next(
      `${status} response`,
      (message) => message.status === status && (method === undefined || message.method === method),
      limitMs,
    );
  }

  /** The next final response, whatever it says. */
  final(method: string, limitMs = WAIT_MS): Promise<WireMessage> {
    return this.#next(
      `final response to ${method}`,
      (message) => message.status >= 200 && message.method === method,
      limitMs,
    );
  }

  /** What came again and again: the message and its repetitions. */
  copies(of: WireMessage): WireMessage[] {
    return this.received.filter(({ identity }) => identity === of.identity);
  }

  /** Resolves once `count` copies came. */
  async repeated(of: WireMessage, count: number, limitMs = WAIT_MS): Promise<WireMessage[]> {
    await this.#until(
      `${count} copies of ${of.startLine}`,
      () => (this.copies(of).length >= count ? of : undefined),
      limitMs,
    );
    return this.copies(of);
  }

  requests(method: string): WireMessage[] {
    return this.received.filter((message) => message.isRequest && message.method === method);
  }

  responses(method: string, status?: number): WireMessage[] {
    return this.received.filter(
      (message) =>
        !message.isRequest && message.method === method && (status === undefined || message.status === status),
    );
  }

  /** May be called again. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket?.close();
    this.#server?.close();
    for (const stream of this.#streams) stream.destroy();
  }

  #next(what: string, fits: (message: WireMessage) => boolean, limitMs: number): Promise<WireMessage> {
    return this.#until(
      what,
      () => {
        const found = this.received.find((message) => !this.#taken.has(message.identity) && fits(message));
        if (found) this.#taken.add(found.identity);
        return found;
      },
      limitMs,
    );
  }

  #until<T>(what: string, look: () => T | undefined, limitMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        const came = this.received.map(({ startLine, sequence }) => `${startLine} (${sequence})`).join(', ');
        reject(new Error(`no ${what} within ${limitMs} ms; what came: ${came || 'nothing'}`));
      }, limitMs);
      const take = () => {
        const found = look();
        if (found === undefined) return false;
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        resolve(found);
        return true;
      };
      const waiting: Waiting = { take };
      if (!take()) this.#waiting.add(waiting);
    });
  }

  #take(text: string): void {
    if (isLineEnds(text)) {
      this.keepAlives++;
      return;
    }
    this.received.push(new WireMessage(text, performance.now()));
    for (const waiting of [...this.#waiting]) waiting.take();
  }

  #bind(): Promise<void> {
    const socket = createSocket('udp4');
    this.#socket = socket;
    socket.on('message', (bytes, from) => {
      // Line ends may be of another socket, which only asks whether anybody is here.
      if (!isLineEnds(bytes.toString())) this.#remotePort = from.port;
      this.#take(bytes.toString());
    });
    return new Promise((resolve) => socket.bind(0, LOOPBACK, resolve));
  }

  #listen(): Promise<void> {
    this.#server = createServer((stream) => this.#follow(stream));
    const server = this.#server;
    return new Promise((resolve) => server.listen(0, LOOPBACK, resolve));
  }

  #follow(stream: Socket): void {
    this.#stream = stream;
    this.#streams.add(stream);
    this.connectionCount++;
    stream.on('error', () => {});
    stream.on('close', () => {
      this.#streams.delete(stream);
      this.closedStreams++;
      if (this.#stream === stream) this.#stream = undefined;
    });
    let unread = '';
    stream.on('data', (bytes) => {
      unread = this.#cut(unread + bytes.toString());
    });
  }

  /** Takes whole messages off the front; what is left is the beginning of the next. */
  #cut(text: string): string {
    let rest = text;
    for (;;) {
      const lineEnds = /^(\r\n)+/.exec(rest)?.[0];
      if (lineEnds !== undefined) this.#take(lineEnds);
      rest = rest.slice(lineEnds?.length ?? 0);
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return rest;
      const length = Number(/^(?:Content-Length|l)\s*:\s*(\d+)/im.exec(rest.slice(0, end + 2))?.[1] ?? 0);
      if (rest.length < end + 4 + length) return rest;
      this.#take(rest.slice(0, end + 4 + length));
      rest = rest.slice(end + 4 + length);
    }
  }
}

const isLineEnds = (text: string): boolean => /^[\r\n]*$/.test(text);
