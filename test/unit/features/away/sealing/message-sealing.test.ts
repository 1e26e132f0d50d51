import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../../src-main/base/logger.ts';
import { MessageSealing, type SealingProgress } from '../../../../../src-main/features/away/sealing/index.ts';
import { buildWavHeader, sealedBy, sealFile, type SoundKey } from '../../../../../src-main/media/recording/index.ts';
import type { MessageRecord } from '../../../../../src-main/storage/index.ts';

const ours: SoundKey = { id: '1111111111111111', key: Buffer.alloc(32, 1) };
const lost: SoundKey = { id: '2222222222222222', key: Buffer.alloc(32, 2) };
const PLAIN = Buffer.concat([buildWavHeader(8000, 1, 1600), Buffer.alloc(1600, 9)]);

let folder: string;
let ids: string[];
let told: string[];
let seen: SealingProgress[];
let keys: SoundKey[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightjar-sealing-'));
  ids = ['one', 'two', 'three'];
  [told, seen, keys] = [[], [], [ours]];
  for (const id of ids) writeFileSync(pathOf(id), PLAIN);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pathOf = (id: string): string => join(folder, `${id}.wav`);
const record = (id: string) => ({ id, file: `${id}.wav` }) as MessageRecord;
const states = () => Promise.all(['one', 'two', 'three'].map(async (id) => (await sealedBy(pathOf(id))) ?? 'plain'));

function openSealing(isOn: boolean): MessageSealing {
  const sealing: MessageSealing = new MessageSealing({
    messages: {
      folder,
      list: () => ids.slice(1).map(record),
      listDeleted: () => ids.slice(0, 1).map(record),
      get: (id) => (ids.includes(id) ? record(id) : undefined),
      pathOf: ({ file }) => join(folder, file),
    },
    logger: silentLogger,
    isOn,
    keys: () => keys,
    ensureKey: () =>
      Promise.resolve(keys.length > 0 ? { ok: true, value: undefined } : { ok: false, error: 'no store' }),
    onChanged: () => {
      if (sealing.progress) seen.push(sealing.progress);
    },
    tell: (text) => told.push(text),
  });
  return sealing;
}

/** Waits for what goes on in the background. */
const settled = (sealing: MessageSealing): Promise<void> => sealing.bringInLine();

describe('messages that are there', () => {
  it('are encrypted when that is switched on, those in the trash as well, and decrypted when it is switched off', async () => {
    const sealing = openSealing(false);
    expect(await sealing.set(true)).toMatchObject({ ok: true });
    await settled(sealing);
    expect(await states()).toEqual([ours.id, ours.id, ours.id]);
    expect(readFileSync(pathOf('one')).includes(Buffer.alloc(16, 9))).toBe(false);
    expect(seen[0]).toEqual({ done: 0, total: 3 });
    expect(sealing.progress).toBeUndefined();
    await sealing.set(false);
    await settled(sealing);
    expect(ids.map((id) => readFileSync(pathOf(id)))).toEqual([PLAIN, PLAIN, PLAIN]);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  it('are gone on with after a start, and what a killed phone left half is removed', async () => {
    await sealFile(pathOf('two'), ours);
    writeFileSync(`${pathOf('three')}.new`, 'half of it');
    await openSealing(true).bringInLine();
    expect(await states()).toEqual([ours.id, ours.id, ours.id]);
    expect(readdirSync(folder).sort()).toEqual(['one.wav', 'three.wav', 'two.wav']);
  });

  it('are not touched when they cannot be opened: the user is told, nothing is deleted', async () => {
    await sealFile(pathOf('two'), lost);
    const before = readFileSync(pathOf('two'));
    const sealing = openSealing(false);
    await sealing.bringInLine();
    await sealing.bringInLine();
    expect(sealing.lockedCount).toBe(1);
    expect(told).toEqual([
      'A message cannot be heard: it was encrypted with a key that is not on this machine any more. Nothing is deleted.',
    ]);
    expect(readFileSync(pathOf('two'))).toEqual(before);
  });

  it('stay plain where there is no key, and the switch stays off', async () => {
    keys = [];
    const sealing = openSealing(false);
    expect(await sealing.set(true)).toEqual({ ok: false, error: 'no store' });
    expect(sealing.isOn).toBe(false);
    expect(await states()).toEqual(['plain', 'plain', 'plain']);
  });
});
