// The window lends its sound, and it is heard both ways in an installed Chromium.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWavTracks } from '../../src-main/media/index.ts';
import { toneAmplitude, toneToNoiseDb } from '../support/media/tone-check.ts';
import { callEcho, hearsTone, RATE_HZ, TONE_HZ, useLentSound, usesWindow } from './pages/lent-sound.ts';

/** Quarters of a second: a fake microphone skips now and then, more so on a busy machine. */
const piecesOf = (track: Int16Array = new Int16Array(0)): Int16Array[] =>
  Array.from({ length: 10 }, (_, at) => track.subarray((at * RATE_HZ) / 4, ((at + 1) * RATE_HZ) / 4));

/** The tone is in nearly all of it at its level, and in the best piece it is alone. */
function expectTone(track: Int16Array | undefined): void {
  const pieces = piecesOf(track);
  expect(pieces.filter((piece) => toneAmplitude(piece, TONE_HZ, RATE_HZ) > 4000).length).toBeGreaterThanOrEqual(7);
  expect(Math.max(...pieces.map((piece) => toneToNoiseDb(piece, TONE_HZ, RATE_HZ)))).toBeGreaterThan(20);
}

describe('the sound of the window', () => {
  const sound = useLentSound();

  it('carries the microphone to the peer and the peer to the loudspeaker', async (context) => {
    const opened = await sound.open(context, {
      phone: { audio: 'webaudio', configFile: sound.configFile },
      flags: sound.allowed,
    });
    await usesWindow(opened);
    const callId = await callEcho(opened);
    await hearsTone(opened.window.page);

    const file = join(sound.folder, 'call.wav');
    await opened.phone.command('call.startRecording', { callId, file });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await opened.phone.command('call.stopRecording', { callId });

    const wav = await readWavTracks(file);
    const [sent, received] = wav?.tracks ?? [];
    expectTone(sent);
    expectTone(received);
  });
});
