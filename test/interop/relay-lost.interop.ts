// A call by a relay that loses its place there: with the media process, and with the relay itself. RFC 8656 §3.2, §7.4, RFC 8445 §9, RFC 7675 §5.1.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { RELAY_USER, startCoturn } from '../support/coturn.ts';
import { temporaryFolder, type Daemon } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { leaveLab, pause } from '../support/lab.ts';
import type { LineProcess } from '../support/line-process.ts';
import { createMaskedNetwork, INSIDE, INSIDE_TOO, OUTSIDE, removeMaskedNetwork } from '../support/masked-network.ts';
import { phoneAt } from '../support/phone-place.ts';
import { requireProgram, requireThat, type SkippingContext } from '../support/requirements.ts';

afterEach(async () => {
  await leaveLab();
  await removeMaskedNetwork();
});

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
  const [sipPort, port] = [await freePort(), await freePort()];
  const isUdp = transport === 'udp';
  const openings = { udpPorts: isUdp ? [sipPort, port] : [sipPort], tcpPorts: isUdp ? [] : [port] };
  requireThat(context, await createMaskedNetwork(openings), 'no network namespaces with masquerade here');
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

/** Speech is louder than this, silence is not. */
const HEARD = 300;

/** Root mean square of what this party hears in the next two seconds; nothing where its sound is not back yet. */
async function heardLoudness({ phone, callId }: Party): Promise<number> {
  const file = join(temporaryFolder('heard'), 'both.wav');
  const isRecording = await phone.command('call.startRecording', { callId, file }).then(
    () => true,
    () => false,
  );
  await pause(2000);
  if (!isRecording) return 0;
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

/** Looks again every two seconds; the last look counts. */
async function expectHeardWithin(limitMs: number, parties: RelayedCall['parties']): Promise<void> {
  const endMs = performance.now() + limitMs;
  let loudness = await quieterOf(parties);
  while (loudness <= HEARD && performance.now() < endMs) loudness = await quieterOf(parties);
  expect(loudness).toBeGreaterThan(HEARD);
}

/** The pid of the program that makes the sound of a phone. */
function mediaProcessOf({ pid }: Daemon): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  const isIt = (child: number): boolean => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('media-process');
  const found = children.find(isIt);
  if (found === undefined) throw new Error('there is no media process');
  return found;
}

describe('a call by a relay', () => {
  it('is back when the media process of the caller was killed, and of the callee (RFC 8656 §7.4)', async (context) => {
    const { parties, relay } = await callByRelay(context, 'udp');
    await expectHeardWithin(2000, parties);

    for (const who of ['caller', 'callee'] as const) {
      process.kill(mediaProcessOf(parties[who].phone), 'SIGKILL');
      await pause(1000);
      // A relay may keep the place of a port for two seconds.
      await expectHeardWithin(10_000, parties);
    }

    for (const { phone } of Object.values(parties)) await phone.end();
    await relay.end();
  });

  it.for([
    { transport: 'tcp', limitMs: 20_000 },
    // RFC 7675 §5.1: by datagrams it is known when nobody has answered for thirty seconds.
    { transport: 'udp', limitMs: 50_000 },
  ] as const)('by $transport is back when it was ended and started again (RFC 8656 §3.2)', async (way, context) => {
    const { parties, relay, startRelay } = await callByRelay(context, way.transport);
    await expectHeardWithin(2000, parties);

    relay.signal('SIGKILL');
    await pause(1000);
    const again = startRelay();
    await pause(2000);

    await expectHeardWithin(way.limitMs, parties);
    for (const { phone } of Object.values(parties)) await phone.end();
    await again.end();
  });
});
