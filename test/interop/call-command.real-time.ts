// `nightjar call` with sound: what it plays into the test line, what it records, microphone and loudspeaker as files.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWavTracks } from '../../src-main/media/index.ts';
import { nightjar, temporaryFolder } from '../support/daemon.ts';
import { scoreSpeech, SPEECH } from '../support/lab.ts';
import { runProgram } from '../support/line-process.ts';
import { requireProgram } from '../support/requirements.ts';

/** One channel of a recording, as a file of its own. */
async function channel(file: string, number: 1 | 2): Promise<string> {
  const output = join(temporaryFolder('channel'), `${number}.wav`);
  await runProgram('sox', [file, output, 'remix', String(number)]);
  return output;
}

// Two calls at the same time: neither says or starts anything that the other would hear.
describe.concurrent('nightjar call', () => {
  it('plays into the test line, records both ways and sums the call up', { retry: 2 }, async (context) => {
    requireProgram(context, 'sox');
    const data = temporaryFolder('data');
    const record = join(data, 'call.wav');
    const files = ['--play', SPEECH, '--record', record, '--audio', 'null'];
    const call = await nightjar('call', 'echo', '--data', data, ...files, '--seconds', '6', '--dtmf', '5', '--json');
    expect(call.code, call.stderr).toBe(0);
    const summary = JSON.parse(call.stdout) as { rtp: { sent: number; received: number; lost: number } };
    expect(summary).toMatchObject({ ok: true, statusCode: 200, codec: 'opus', srtp: null, rtp: { lost: 0 } });
    expect(summary.rtp.sent).toBeGreaterThan(250);
    expect(summary.rtp.received).toBeGreaterThan(250);
    const wav = await readWavTracks(record);
    expect(wav).toMatchObject({ sampleRateHz: 48_000, tracks: { length: 2 } });
    const durationSec = (wav?.tracks[0]?.length ?? 0) / 48_000;
    expect(durationSec).toBeGreaterThan(5);
    expect(durationSec).toBeLessThan(6.5);
    const score = await scoreSpeech(await channel(record, 1), await channel(record, 2));
    expect(score, JSON.stringify(score)).toMatchObject({ aligned: true });
    expect(score.delay_ms, JSON.stringify(score)).toBeLessThan(400);
    expect(score.lsd_db, JSON.stringify(score)).toBeLessThan(3);
    expect(score.dropout_pct, JSON.stringify(score)).toBeLessThan(3);
  });

  it('takes its microphone from a file and writes its loudspeaker into one', { retry: 2 }, async (context) => {
    requireProgram(context, 'sox');
    const data = temporaryFolder('data');
    const heard = join(data, 'heard.wav');
    const call = await nightjar('call', 'echo', '--data', data, '--audio', `file:${SPEECH},${heard}`, '--seconds', '6');
    expect(call.code, call.stderr).toBe(0);
    expect(call.stderr.split('\n')).toEqual(expect.arrayContaining(['dialing', 'connected', 'ended']));
    const score = await scoreSpeech(SPEECH, heard, '--loop');
    expect(score, JSON.stringify(score)).toMatchObject({ aligned: true });
    expect(score.cov_pct, JSON.stringify(score)).toBeGreaterThan(75);
    expect(score.lsd_db, JSON.stringify(score)).toBeLessThan(3.5);
  });
});
