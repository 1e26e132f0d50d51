// A long call with baresip on a clean line: delay, dropouts and memory at its start and at its end. LONG_CALL_SEC says how long.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDaemon, temporaryFolder } from '../support/daemon.ts';
import { DOMAIN, pause, Peer, scoreSpeech, SPEECH, startServer, type Score } from '../support/lab.ts';
import { runProgram } from '../support/line-process.ts';
import { requireProgram } from '../support/requirements.ts';

const CALL_SEC = Number(process.env['LONG_CALL_SEC'] ?? 40);
/** What is compared at either end. */
const PART_SEC = Math.min(30, Math.floor(CALL_SEC / 2) - 2);
/** The reference is 6.49 s of speech, played over and over. */
const SPEECH_MS = 6490;
/** One step of a jitter buffer that adapts itself to a busy machine is not growth. */
const GROWTH_LIMIT_MS = 60;
const GROWTH_LIMIT_KIB = 24 * 1024;

/** Memory that a process and those that it started hold, in KiB. */
function residentKib(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
    );
    const own = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
    return own + children.reduce((sum, child) => sum + residentKib(Number(child)), 0);
  } catch {
    return 0;
  }
}

/** How a delay has changed, where only its remainder in a looped reference is known. */
function remainderMs(differenceMs: number): number {
  const remainder = ((differenceMs % SPEECH_MS) + SPEECH_MS) % SPEECH_MS;
  return remainder > SPEECH_MS / 2 ? remainder - SPEECH_MS : remainder;
}

const growth = (first: Score, last: Score, elapsedSec: number) =>
  remainderMs(last.delay_ms - first.delay_ms + elapsedSec * 1000);

describe(`a call of ${CALL_SEC} s with baresip (RFC 3550 §6.4, RFC 7587 §4)`, () => {
  it('keeps its delay, loses nothing and does not grow', { timeout: (CALL_SEC + 120) * 1000 }, async (context) => {
    requireProgram(context, 'kamailio', 'baresip', 'sox');
    const server = await startServer();
    const folder = temporaryFolder('long-call');
    const loop = String(Math.ceil((CALL_SEC * 1000) / SPEECH_MS) + 5);
    const peer = new Peer('baresip', {
      user: 'bob',
      server: server.address,
      codecs: 'opus',
      mic: SPEECH,
      loop,
      rec: join(folder, 'peer.wav'),
    });
    const account = server.account('alice');
    const phone = await startDaemon({
      config: {
        accounts: [account],
        sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] },
        media: { address: '127.0.0.1' },
      },
    });
    await Promise.all([phone.registration('registered'), peer.event('registered')]);
    const callId = await phone.dial(`sip:bob@${DOMAIN}`);
    const file = join(folder, 'call.wav');
    await phone.command('call.startRecording', { callId, file });
    await phone.command('call.play', { callId, file: SPEECH });
    // Where memory is measured from: what a first call allocates is there by then.
    await pause(Math.min(10, CALL_SEC / 4) * 1000);
    const startKib = residentKib(phone.pid);
    await pause((CALL_SEC - Math.min(10, CALL_SEC / 4)) * 1000);
    const endKib = residentKib(phone.pid);
    const quality = phone.qualities.get(callId);
    await phone.command('call.stopRecording', { callId });
    await phone.command('call.hangUp', { callId });
    await peer.quit();

    const part = async (name: string, source: string, channel: string, fromSec: number) => {
      const output = join(folder, `${name}.wav`);
      await runProgram('sox', [source, output, 'remix', channel, 'trim', String(fromSec), String(PART_SEC)]);
      return scoreSpeech(SPEECH, output, '--loop');
    };
    const lastFromSec = CALL_SEC - PART_SEC - 1;
    const [first, last, peerFirst, peerLast, sentFirst, sentLast] = await Promise.all([
      part('first', file, '2', 1),
      part('last', file, '2', lastFromSec),
      part('peer-first', join(folder, 'peer.wav'), '1', 1),
      part('peer-last', join(folder, 'peer.wav'), '1', lastFromSec),
      part('sent-first', file, '1', 1),
      part('sent-last', file, '1', lastFromSec),
    ]);
    const growthMs = growth(first, last, lastFromSec - 1);
    // The recording's own clock, and what of our speech the peer got: neither may have lost time.
    const sentGrowthMs = growth(sentFirst, sentLast, lastFromSec - 1);
    const peerGrowthMs = growth(peerFirst, peerLast, lastFromSec - 1);
    const figures = {
      growthMs,
      sentGrowthMs,
      peerGrowthMs,
      startKib,
      endKib,
      quality,
      first,
      last,
      peerFirst,
      peerLast,
    };
    process.stdout.write(`long call of ${CALL_SEC} s: ${JSON.stringify(figures)}\n`);
    // INTEROP: baresip skips what its own microphone buffer cannot hold when the machine is busy: its speech may come early.
    expect(growthMs, JSON.stringify(figures)).toBeLessThan(GROWTH_LIMIT_MS);
    expect(Math.abs(sentGrowthMs), JSON.stringify(figures)).toBeLessThan(GROWTH_LIMIT_MS);
    for (const score of [first, last, peerFirst, peerLast]) {
      expect(score.aligned).toBe(true);
      expect(score.dropout_pct, JSON.stringify(figures)).toBeLessThan(1);
    }
    expect(quality?.lossPercent ?? 0).toBe(0);
    expect(endKib - startKib).toBeLessThan(GROWTH_LIMIT_KIB);
    await phone.terminate();
  });
});
