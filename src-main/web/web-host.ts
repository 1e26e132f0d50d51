// The web host: the phone in this process, the window in a browser on this machine, joined by one WebSocket.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openPhone, type OpenFailure } from '../app/index.ts';
import type { Logger } from '../base/logger.ts';
import { err, ok, type Result } from '../base/result.ts';
import { Gatekeeper } from './gatekeeper.ts';
import { acceptPhoneSockets } from './phone-socket.ts';
import { serveWindow } from './static-files.ts';

export interface WebHostOptions {
  readonly dataRoot?: string | undefined;
  readonly configFile?: string | undefined;
  readonly audio?: string | undefined;
  /** 0 picks a free one. */
  readonly port: number;
  readonly logger: Logger;
}

export interface WebHost {
  /** Opens the window; works once, then the browser's cookie does. */
  readonly url: string;
  readonly profileFolder: string;
  close(): Promise<void>;
}

export async function startWebHost(options: WebHostOptions): Promise<Result<WebHost, OpenFailure>> {
  const opened = await openPhone(options);
  if (!opened.ok) return opened;
  const { phone, folder, close } = opened.value;
  const gatekeeper = new Gatekeeper();
  const server = createServer((request, response) => serveWindow(request, response, gatekeeper, phone));
  const closeSockets = acceptPhoneSockets(server, phone, gatekeeper, options.logger.child('web'));
  const port = await listen(server, options.port);
  if (port === undefined) {
    await close();
    return err({ code: 'busy', message: `port ${options.port} of 127.0.0.1 cannot be had` });
  }
  gatekeeper.setPort(port);
  return ok({
    url: `http://127.0.0.1:${port}/?token=${gatekeeper.issueToken()}`,
    profileFolder: join(folder.root, 'browser'),
    close: async () => {
      closeSockets();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await close();
    },
  });
}

/** The port; undefined when it cannot be had. Loopback only: nobody else's machine may reach the phone's window. */
function listen(server: Server, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
