// A call by a relay that loses its place there: with the media process, and with the relay itself. RFC 8656 §3.2, §7.4, RFC 8445 §9, RFC 7675 §5.1.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RELAY_USER, startCoturn } from '../support/coturn.ts';
import { temporaryFolder, type Daemon } from '../support/daemon.ts';
import { freePort, leaveLab, pause } from '../support/lab.ts';
import type { LineProcess } from '../support/line-process.ts';
import { createMaskedNetwork, INSIDE, INSIDE_TOO, OUTSIDE, removeMaskedNetwork } from '../support/masked-network.ts';
import { phoneAt } from '../support/phone-place.ts';
import { requireProgram, requireThat, type SkippingContext } from '../support/requirements.ts';

/** Two ports for each try of a test: of its phones, and of its relay. The tests wait most of their time, so they wait together. */
const PORT_PAIRS = 8;
let ports: number[] = [];
let hasNetwork = false;

beforeAll(async () => {
  ports = await freePorts(2 * PORT_PAIRS);
  hasNetwork = await createMaskedNetwork({ udpPorts: ports, tcpPorts: ports });
});
afterAll(async () => {
  await leaveLab();
  await removeMaskedNetwork();
});

async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) found.add(await freePort());
  return [...found];
}

interface Party {
  readonly phone: Daemon;
  readonly callId: string;
}

interface RelayedCall {
  /** Who has called, and who was called; each has nothing but its place at the relay. */
  readonly parties: Readonly<Record<'caller' | 'callee', Party>>;
  readonly relay: LineProcess;
  startRelay(): LineProcess;
}

async function callByRelay(context: SkippingContext, transport: 'udp' | 'tcp'): Promise<RelayedCall> {
  const program = requireProgram(context, 'turnserver', 'ip', 'nft');
  requireThat(context, hasNetwork, 'no network namespaces with masquerade here');
  const [sipPort = 0, port = 0] = ports.splice(0, 2);
  const { address, name: namespace } = OUTSIDE;
  const startRelay = (): LineProcess => startCoturn(program, { address, port, namespace });
  const relay = startRelay();
  const account = { turnServer: `turn:${address}:${port}?transport=${transport}`, ...RELAY_USER };
  const folder = temporaryFolder('heard');
  const open = (user: string, at: typeof INSIDE | typeof INSIDE_TOO): Promise<Daemon> =>
    phoneAt({ user, at, port: sipPort, account, heard: join(folder, `${user}.wav`) });
  const [caller, callee] = [await open('bob', INSIDE), await open('alice', INSIDE_TOO)];
  const callId = await caller.dial(`sip:alice@${INSIDE_TOO.address}:${sipPort}`);
  const { id } = await callee.incoming('connected');
  const parties = { caller: { phone: caller, callId }, callee: { phone: callee, callId: id } };
  await pause(2500);
  expect(caller.qualities.get(callId)?.path).toMatchObject({ state: 'completed' });
  return { parties, relay, startRelay };
}

/** Root mean square of what this party hears in the next two seconds. */
async function heardLoudness({ phone, callId }: Party): Promise<number> {
  const file = join(temporaryFolder('heard'), 'both.wav');
  await phone.command('call.startRecording', { callId, file });
  await pause(2000);
  await phone.command('call.stopRecording', { callId });
  const bytes = readFileSync(file);
  let sum = 0;
  let count = 0;
  // Two channels of two bytes: the second is what was heard.
  for (let at = 46; at + 1 < bytes.length; at += 4, count++) sum += bytes.readInt16LE(at) ** 2;
  return count === 0 ? 0 : Math.sqrt(sum / count);
}

const quieterOf = async ({ caller, callee }: RelayedCall['parties']): Promise<number> =>
  Math.min(...(await Promise.all([caller, callee].map(heardLoudness))));

/** The pid of the program that makes the sound of a phone. */
function mediaProcessOf({ pid }: Daemon): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  const isIt = (child: number): boolean => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('media-process');
  const found = children.find(isIt);
  if (found === undefined) throw new Error('there is no media process');
  return found;
}

describe.concurrent('a call by a relay', () => {
  it.for(['caller', 'callee'] as const)(
    'is back when the media process of the %s was killed (RFC 8656 §7.4)',
    async (who, context) => {
      const { parties, relay } = await callByRelay(context, 'udp');
      expect(await quieterOf(parties)).toBeGreaterThan(300);

      process.kill(mediaProcessOf(parties[who].phone), 'SIGKILL');
      // A relay may keep the place of a port for two seconds.
      await pause(6000);

      expect(await quieterOf(parties)).toBeGreaterThan(300);
      for (const { phone } of Object.values(parties)) await phone.end();
      await relay.end();
    },
  );

  it.for([
    { transport: 'tcp', limitMs: 7000 },
    // RFC 7675 §5.1: by datagrams it is known when nobody has answered for thirty seconds.
    { transport: 'udp', limitMs: 38_000 },
  ] as const)('by $transport is back when it was ended and started again (RFC 8656 §3.2)', async (way, context) => {
    const { parties, relay, startRelay } = await callByRelay(context, way.transport);
    expect(await quieterOf(parties)).toBeGreaterThan(300);

    relay.signal('SIGKILL');
    await pause(1000);
    const again = startRelay();
    await pause(way.limitMs);

    expect(await quieterOf(parties)).toBeGreaterThan(300);
    for (const { phone } of Object.values(parties)) await phone.end();
    await again.end();
  });
});
