// The other end of the control socket: what `nightjar ctl` and other commands use to speak to a running phone.
import { connect, type Socket } from 'node:net';
import { readRpc, refusal, requestText, type AnyEvent, type Reply } from '../../src-shared/contract/index.ts';
import { createLineReader } from '../app/index.ts';

const LINE_LIMIT_BYTES = 64 << 20;

export interface ControlClient {
  call(name: string, params: unknown): Promise<Reply<unknown>>;
  onEvent(listener: (event: AnyEvent) => void): void;
  /** Resolves when the phone has gone. */
  readonly closed: Promise<void>;
  close(): void;
}

/** undefined when no phone is running at that path. */
export function connectControl(path: string): Promise<ControlClient | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('error', () => resolve(undefined));
    socket.once('connect', () => resolve(createClient(socket)));
  });
}

function createClient(socket: Socket): ControlClient {
  const waiting = new Map<number, (reply: Reply<unknown>) => void>();
  const listeners: ((event: AnyEvent) => void)[] = [];
  let lastId = 0;
  const read = createLineReader(LINE_LIMIT_BYTES, (line) => {
    const incoming = readRpc(line);
    if (incoming?.kind === 'event') for (const listener of listeners) listener(incoming.event);
    if (incoming?.kind === 'reply') waiting.get(Number(incoming.id))?.(incoming.reply);
  });
  socket.on('data', (chunk) => {
    if (!read(chunk)) socket.destroy();
  });
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      for (const settle of waiting.values()) settle(refusal('notRunning', 'the phone has gone'));
      resolve();
    });
  });
  return {
    call: (name, params) =>
      new Promise((resolve) => {
        const id = ++lastId;
        waiting.set(id, (reply) => {
          waiting.delete(id);
          resolve(reply);
        });
        socket.write(`${requestText(id, name, params)}\n`);
      }),
    onEvent: (listener) => void listeners.push(listener),
    closed,
    close: () => socket.destroy(),
  };
}
