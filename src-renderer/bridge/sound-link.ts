// The window's line for sound to the phone: the socket's, or what Electron's preload brings.
export interface SoundLink {
  /** False while the phone is not there, or when it does not keep up. */
  send(message: string | ArrayBuffer): boolean;
  onMessage(listener: (message: string | ArrayBuffer) => void): void;
  /** Called at every (re)connection. */
  onOpen(listener: () => void): void;
  onClosed(listener: () => void): void;
}

/** What the preload puts there. */
export interface PreloadedSound {
  send(message: string | ArrayBuffer): void;
  onMessage(listener: (message: string | ArrayBuffer) => void): void;
}

declare global {
  interface Window {
    readonly phoneSound?: PreloadedSound;
  }
}

const RECONNECT_MS = 1000;
/** A fifth of a second of sound that the phone has not taken; more would only be heard late. */
const OLD_SOUND_BYTES = 20_000;

export function connectSound(): SoundLink {
  const preloaded = window.phoneSound;
  if (!preloaded) {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    return new SocketSound(`${scheme}://${location.host}/sound`);
  }
  return {
    send: (message) => {
      preloaded.send(message);
      return true;
    },
    onMessage: (listener) => preloaded.onMessage(listener),
    onOpen: (listener) => queueMicrotask(listener),
    onClosed: () => {},
  };
}

class SocketSound implements SoundLink {
  readonly #url: string;
  readonly #messages = new Set<(message: string | ArrayBuffer) => void>();
  readonly #opens = new Set<() => void>();
  readonly #closes = new Set<() => void>();
  #socket: WebSocket | undefined;

  constructor(url: string) {
    this.#url = url;
    this.#connect();
  }

  send(message: string | ArrayBuffer): boolean {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return false;
    if (typeof message !== 'string' && socket.bufferedAmount > OLD_SOUND_BYTES) return false;
    socket.send(message);
    return true;
  }

  onMessage(listener: (message: string | ArrayBuffer) => void): void {
    this.#messages.add(listener);
  }

  onOpen(listener: () => void): void {
    this.#opens.add(listener);
  }

  onClosed(listener: () => void): void {
    this.#closes.add(listener);
  }

  #connect(): void {
    const socket = new WebSocket(this.#url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.onopen = () => {
      for (const listener of this.#opens) listener();
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      for (const listener of this.#messages) listener(data);
    };
    socket.onclose = () => {
      for (const listener of this.#closes) listener();
      setTimeout(() => this.#connect(), RECONNECT_MS);
    };
  }
}
