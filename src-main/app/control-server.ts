// The control socket: JSON-RPC 2.0, one message a line, on a Unix domain socket of mode 0600 (a named pipe on Windows).
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { answerRpc, eventText, type AnyEvent, type CommandHandlers } from '../../src-shared/contract/index.ts';
import type { Logger } from '../base/logger.ts';
import { createLineReader } from './line-reader.ts';

const LINE_LIMIT_BYTES = 1 << 20;
const CONNECTION_LIMIT = 32;
/** A client that does not read is cut off before it costs memory. */
const UNREAD_LIMIT_BYTES = 8 << 20;

export interface ControlServer {
  close(): Promise<void>;
}

export interface ControlledPhone {
  readonly handlers: CommandHandlers;
  onEvent(listener: (event: AnyEvent) => void): () => void;
}

/** Rejects when the path cannot be bound. The caller owns the data folder, so a socket file left there is stale. */
export async function openControlServer(path: string, phone: ControlledPhone, logger: Logger): Promise<ControlServer> {
  if (process.platform !== 'win32') rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    if (sockets.size >= CONNECTION_LIMIT) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    const stop = serve(socket, phone);
    socket.on('error', (error) => logger.debug('a control client failed', { error }));
    socket.on('close', () => {
      stop();
      sockets.delete(socket);
    });
  });
  await listen(server, path);
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
  if (process.platform !== 'win32') chmodSync(path, 0o600);
}

function serve(socket: Socket, phone: ControlledPhone): () => void {
  const write = (text: string) => {
    if (socket.writableLength > UNREAD_LIMIT_BYTES) socket.destroy();
    else socket.write(`${text}\n`);
  };
  const read = createLineReader(LINE_LIMIT_BYTES, (line) => {
    void answerRpc(line, phone.handlers).then((answer) => {
      if (answer !== undefined && !socket.destroyed) write(answer);
    });
  });
  socket.on('data', (chunk) => {
    if (!read(chunk)) socket.destroy();
  });
  return phone.onEvent((event) => write(eventText(event)));
}
