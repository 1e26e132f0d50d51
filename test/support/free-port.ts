// Ports for programs that must be told theirs: free for datagrams and streams, and never one that another test file may be given.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';
/** Below what systems give out by themselves, so that nobody takes a port before the program has opened it. */
const [FIRST, LAST] = [20_000, 29_999] as const;
/** A caller may take the three ports after it as well. */
const PORTS_EACH = 4;
/** Test files that run at the same time have different workers; so many may run beside each other. */
const WORKERS = 8;
const SLOTS = Math.floor((LAST - FIRST + 1) / PORTS_EACH / WORKERS);

const worker = Number(process.env['VITEST_POOL_ID'] ?? 0) % WORKERS;
let slot = process.pid % SLOTS;

/** The first of four ports of 127.0.0.1. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < SLOTS; tries++) {
    slot = (slot + 1) % SLOTS;
    const port = FIRST + (slot * WORKERS + worker) * PORTS_EACH;
    const ports = Array.from({ length: PORTS_EACH }, (_, index) => port + index);
    const areFree = await Promise.all(ports.flatMap((one) => [isFreeForDatagrams(one), isFreeForStreams(one)]));
    if (areFree.every(Boolean)) return port;
  }
  throw new Error(`no free port in ${FIRST}-${LAST}`);
}

const isFreeForDatagrams = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind(port, LOOPBACK, () => socket.close(() => resolve(true)));
  });

const isFreeForStreams = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, LOOPBACK, () => server.close(() => resolve(true)));
  });
