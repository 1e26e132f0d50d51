// A program that does one thing: stands before a relay and says how long sound was missing. node relay-tap.mjs ADDRESS PORT RELAY_PORT
import { createSocket } from 'node:dgram';

const [address, port, relayPort] = process.argv.slice(2);
/** Sound comes every 20 ms; less than this is a busy machine. */
const LEAST_GAP_MS = 60;
const CHANNEL_HEADER_BYTES = 4;

const front = createSocket('udp4');
/** By the place of each client: its own socket towards the relay, and when sound went each way last. */
const clients = new Map();

/** Channel data (RFC 8656 §12.4) whose content is RTP and no RTCP. */
const isSound = (bytes) =>
  bytes.length > 16 &&
  bytes[0] >> 6 === 1 &&
  bytes[CHANNEL_HEADER_BYTES] >> 6 === 2 &&
  (bytes[CHANNEL_HEADER_BYTES + 1] & 0x7f) < 64;

function note(client, direction, bytes) {
  if (!isSound(bytes)) return;
  const nowMs = performance.now();
  const gapMs = nowMs - (client.lastMs[direction] ?? nowMs);
  client.lastMs[direction] = nowMs;
  if (gapMs >= LEAST_GAP_MS) process.stdout.write(`${direction} ${Math.round(gapMs)}\n`);
}

function clientAt(place) {
  const key = `${place.address} ${place.port}`;
  const known = clients.get(key);
  if (known) return known;
  const client = { socket: createSocket('udp4'), lastMs: {} };
  client.socket.bind(0, address);
  client.socket.on('message', (bytes, from) => {
    if (from.port !== Number(relayPort)) return;
    note(client, 'toPhone', bytes);
    front.send(bytes, place.port, place.address);
  });
  clients.set(key, client);
  return client;
}

front.on('message', (bytes, from) => {
  const client = clientAt(from);
  note(client, 'fromPhone', bytes);
  client.socket.send(bytes, Number(relayPort), address);
});
front.bind(Number(port), address, () => process.stdout.write('ready\n'));
