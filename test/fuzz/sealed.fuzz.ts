// Fuzz target: sealed recordings, damaged anywhere.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWavHeader, openSoundFile, readWav, repairWav } from '../../src-main/media/recording/index.ts';
import { SealedWriter } from '../../src-main/media/recording/sealed-writer.ts';
import { mutations } from '../support/media/mutations.ts';
import { runs } from './runs.ts';

const key = { id: '0011223344556677', key: Buffer.alloc(32, 5) };
const SAMPLES = Buffer.from(Int16Array.from({ length: 600 }, (_, i) => i * 50).buffer);
const PLAIN = Buffer.concat([buildWavHeader(8000, 1, 0), SAMPLES]);
/** Many times what any of them takes on an idle machine. */
const LIMIT_MS = 2000;

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'nightjar-fuzz-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function corpus(): Promise<readonly Buffer[]> {
  const files: Buffer[] = [];
  for (const [size, isEnded] of [
    [400, true],
    [100, true],
    [100, false],
  ] as const) {
    const file = join(folder, 'corpus');
    const writer = await SealedWriter.open(file, key);
    for (let at = 0; at < PLAIN.length; at += size) await writer.append(PLAIN.subarray(at, at + size));
    if (isEnded) await writer.end();
    await writer.close();
    files.push(readFileSync(file));
  }
  return files;
}

describe('the reader of sealed recordings under mutation', () => {
  it('neither throws nor hangs, and never says anything but what was sealed', async () => {
    const file = join(folder, 'damaged');
    await fc.assert(
      fc.asyncProperty(mutations(await corpus()), async (bytes) => {
        const startedMs = performance.now();
        writeFileSync(file, bytes);
        await checkFile(file);
        expect(performance.now() - startedMs).toBeLessThan(LIMIT_MS);
      }),
      { numRuns: runs(1500), seed: 1 },
    );
  });
});

async function checkFile(file: string): Promise<void> {
  await readWav(file, 0, [key]);
  await repairWav(file, [key]);
  await repairWav(file, []);
  const opened = await openSoundFile(file, [key]);
  if (!opened.ok || !opened.value.isSealed) {
    if (opened.ok) await opened.value.close();
    return;
  }
  const found = Buffer.alloc(opened.value.sizeBytes);
  const count = await opened.value.read(found, 0).catch(() => 0);
  await opened.value.close();
  expect(PLAIN.subarray(0, count).equals(found.subarray(0, count))).toBe(true);
}
