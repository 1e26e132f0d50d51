// The contract over WebSocket: JSON-RPC both ways, for windows that the gatekeeper let in.
import type { Server } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { answerRpc, eventText } from '../../src-shared/contract/index.ts';
import type { Phone } from '../app/index.ts';
import type { Logger } from '../base/logger.ts';
import type { Gatekeeper } from './gatekeeper.ts';

const MESSAGE_LIMIT_BYTES = 1 << 20;
const UNREAD_LIMIT_BYTES = 8 << 20;
/** Windows at a time, each with a connection for commands and one for sound; one more is told to come later. */
const MAX_WINDOWS = 16;
const SERVICES = { '/phone': serve, '/sound': serveSound } as const;
const isPath = (url: string | undefined): url is keyof typeof SERVICES => Object.hasOwn(SERVICES, url ?? '');
/** Sound that a window has not taken for so long (a fifth of a second) is too old to be heard. */
const OLD_SOUND_BYTES = 20_000;

/** The returned function ends every window's connection. */
export function acceptPhoneSockets(server: Server, phone: Phone, gatekeeper: Gatekeeper, logger: Logger): () => void {
  const open = () => new WebSocketServer({ noServer: true, maxPayload: MESSAGE_LIMIT_BYTES });
  const servers = { '/phone': open(), '/sound': open() } as const;
  server.on('upgrade', (request, socket, head) => {
    const isOurs = gatekeeper.hasOurHost(request) && gatekeeper.hasOurOrigin(request) && gatekeeper.hasCookie(request);
    const path = request.url;
    if (!isOurs || !isPath(path)) {
      logger.warn('refused a window', { origin: request.headers.origin });
      // The server has let go of this socket: a reset that nobody hears would end the phone.
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    const sockets = servers[path];
    if (sockets.clients.size >= MAX_WINDOWS) {
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (window) => SERVICES[path](window, phone, logger));
  });
  return () => {
    for (const sockets of Object.values(servers)) {
      for (const window of sockets.clients) window.terminate();
      sockets.close();
    }
  };
}

function serve(window: WebSocket, phone: Phone, logger: Logger): void {
  const send = (text: string) => {
    if (window.bufferedAmount > UNREAD_LIMIT_BYTES) window.terminate();
    else window.send(text);
  };
  const stop = phone.onEvent((event) => send(eventText(event)));
  window.on('message', (data) => {
    // With the default binary type a message comes as one Buffer.
    const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
    void answerRpc(text, phone.handlers).then((answer) => {
      if (answer !== undefined) send(answer);
    });
  });
  window.on('error', (error) => logger.debug('a window failed', { error }));
  window.on('close', stop);
}

/** Text and bytes as they come: the phone knows what they mean. */
function serveSound(window: WebSocket, phone: Phone, logger: Logger): void {
  const seat = phone.attachSound({
    send: (message) => {
      if (window.bufferedAmount > UNREAD_LIMIT_BYTES) window.terminate();
      else if (typeof message === 'string' || window.bufferedAmount < OLD_SOUND_BYTES) window.send(message);
    },
  });
  window.on('message', (data, isBinary) => {
    if (Buffer.isBuffer(data)) seat.take(isBinary ? data : data.toString('utf8'));
  });
  window.on('error', (error) => logger.debug("a window's sound failed", { error }));
  window.on('close', () => seat.leave());
}
