// The only file that touches window.phone or the socket: gives the window one PhoneClient, whatever the host.
import {
  readRpc,
  refusal,
  requestText,
  type AnyEvent,
  type CommandName,
  type CommandParams,
  type CommandValue,
  type PhoneClient,
  type Reply,
} from '../../src-shared/contract/index.ts';

/** A client that also tells whether the phone is there. */
export interface ConnectedClient extends PhoneClient {
  /** Called with true at every (re)connection and with false when the phone has gone. */
  onConnection(listener: (isConnected: boolean) => void): void;
}

declare global {
  interface Window {
    /** Put there by the Electron preload. */
    readonly phone?: PhoneClient;
  }
}

const RECONNECT_MS = 1000;

export function connectPhone(): ConnectedClient {
  const preloaded = window.phone;
  if (preloaded) {
    return {
      call: (name, params) => preloaded.call(name, params),
      onEvent: (listener) => preloaded.onEvent(listener),
      onConnection: (listener) => queueMicrotask(() => listener(true)),
    };
  }
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return new SocketClient(`${scheme}://${location.host}/phone`);
}

class SocketClient implements ConnectedClient {
  readonly #url: string;
  readonly #events = new Set<(event: AnyEvent) => void>();
  readonly #connections = new Set<(isConnected: boolean) => void>();
  readonly #waiting = new Map<number, (reply: Reply<unknown>) => void>();
  #socket: WebSocket | undefined;
  #lastId = 0;

  constructor(url: string) {
    this.#url = url;
    this.#connect();
  }

  async call<Name extends CommandName>(name: Name, params?: CommandParams<Name>): Promise<Reply<CommandValue<Name>>> {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return refusal('notRunning', 'Nightjar is not running.');
    const id = ++this.#lastId;
    const reply = new Promise<Reply<unknown>>((resolve) => this.#waiting.set(id, resolve));
    socket.send(requestText(id, name, params));
    return (await reply) as Reply<CommandValue<Name>>;
  }

  onEvent(listener: (event: AnyEvent) => void): () => void {
    this.#events.add(listener);
    return () => this.#events.delete(listener);
  }

  onConnection(listener: (isConnected: boolean) => void): void {
    this.#connections.add(listener);
  }

  #connect(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => this.#tell(true);
    socket.onmessage = ({ data }) => this.#read(String(data));
    socket.onclose = () => {
      for (const settle of this.#waiting.values()) settle(refusal('notRunning', 'Nightjar has gone.'));
      this.#waiting.clear();
      this.#tell(false);
      setTimeout(() => this.#connect(), RECONNECT_MS);
    };
  }

  #tell(isConnected: boolean): void {
    for (const listener of this.#connections) listener(isConnected);
  }

  #read(text: string): void {
    const incoming = readRpc(text);
    if (incoming?.kind === 'event') for (const listener of this.#events) listener(incoming.event);
    if (incoming?.kind !== 'reply') return;
    const id = Number(incoming.id);
    this.#waiting.get(id)?.(incoming.reply);
    this.#waiting.delete(id);
  }
}
