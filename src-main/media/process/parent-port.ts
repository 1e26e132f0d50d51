// The channel to the phone process, from inside the media process: Node's or Electron's.
import type { ServerPort } from '../control/index.ts';

/** What Electron's utility process has in the place of `process.send`. */
interface UtilityParentPort {
  postMessage(message: unknown): void;
  on(name: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** The parent's port; undefined when this process was not forked. */
export function parentPort(): ServerPort | undefined {
  const { parentPort: utility } = process as { parentPort?: UtilityParentPort };
  if (utility) {
    return {
      send: (message) => utility.postMessage(message),
      onMessage: (listener) => utility.on('message', ({ data }) => listener(data)),
    };
  }
  if (!process.send) return undefined;
  return {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => void process.on('message', listener),
  };
}
