// A media "process" inside this one, for tests and for hosts that cannot fork: same messages, no fork.
import type { MediaPort, ServerPort } from './media-port.ts';

/** Both ends; `serve` returns what ends the server when the port is killed; messages are cloned and arrive later, as between processes. */
export function createInProcessPort(serve: (port: ServerPort) => () => void): MediaPort {
  const toClient: ((message: unknown) => void)[] = [];
  const toServer: ((message: unknown) => void)[] = [];
  const exits: ((reason: string) => void)[] = [];
  let isAlive = true;
  const post = (listeners: readonly ((message: unknown) => void)[], message: unknown): void => {
    const copy: unknown = structuredClone(message);
    queueMicrotask(() => {
      if (isAlive) for (const listener of listeners) listener(copy);
    });
  };
  const port: MediaPort = {
    send: (message) => post(toServer, message),
    onMessage: (listener) => void toClient.push(listener),
    onExit: (listener) => void exits.push(listener),
    kill: () => {
      if (!isAlive) return;
      isAlive = false;
      abandon();
      for (const listener of exits) listener('killed');
    },
  };
  const abandon = serve({
    send: (message) => post(toClient, message),
    onMessage: (listener) => void toServer.push(listener),
  });
  return port;
}
