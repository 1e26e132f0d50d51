// Serves the built window and the sound of messages, and nothing else of the disk.
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Phone } from '../app/index.ts';
import type { Gatekeeper } from './gatekeeper.ts';
import { messageIdOf, serveMessage } from './message-files.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'X-Frame-Options': 'DENY',
  // The window captures and plays sound where the phone has no sound driver; it needs nothing else of the browser.
  'Permissions-Policy':
    'microphone=(self), speaker-selection=(self), camera=(), geolocation=(), display-capture=(), usb=()',
};

const WINDOW_FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', 'renderer');

/** Every file of the window by its URL path: what is not in here does not exist. */
function listWindow(): ReadonlyMap<string, string> {
  if (!existsSync(WINDOW_FOLDER)) return new Map();
  const files = readdirSync(WINDOW_FOLDER, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [path.slice(WINDOW_FOLDER.length).replaceAll('\\', '/'), path]));
}

const files = listWindow();

/** A request line may hold anything; what is no path of ours is undefined. */
function parseTarget(target = '/'): URL | undefined {
  try {
    return new URL(target, 'http://window');
  } catch {
    return undefined;
  }
}

export function serveWindow(
  request: IncomingMessage,
  response: ServerResponse,
  gatekeeper: Gatekeeper,
  phone: Phone,
): void {
  const refuse = (statusCode: number, text: string) => response.writeHead(statusCode, HEADERS).end(text);
  if (!gatekeeper.hasOurHost(request)) return void refuse(403, 'Wrong host.');
  if (request.method !== 'GET') return void refuse(405, 'Only GET.');
  const url = parseTarget(request.url);
  if (!url) return void refuse(400, 'This is not an address.');
  const token = url.searchParams.get('token');
  if (token !== null && !gatekeeper.hasCookie(request)) {
    const cookie = gatekeeper.redeem(token);
    if (cookie === undefined)
      return void refuse(403, 'This link was used already. Start Nightjar again to get a new one.');
    return void response.writeHead(303, { ...HEADERS, 'Set-Cookie': cookie, Location: '/' }).end();
  }
  if (!gatekeeper.hasCookie(request)) return void refuse(403, 'Open this window from Nightjar.');
  const messageId = messageIdOf(url.pathname);
  if (messageId !== undefined) return void serveMessage(messageId, response, phone, HEADERS);
  const path = url.pathname === '/' ? '/index.html' : url.pathname;
  const file = files.get(path);
  if (file === undefined) return void refuse(404, 'Not found.');
  response.writeHead(200, { ...HEADERS, 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(response);
}
