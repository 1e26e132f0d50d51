import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MessageStore } from '../../../../src-main/features/away/messages/message-store.ts';
import { buildWavHeader } from '../../../../src-main/media/recording/index.ts';
import { Database, MessageRepository } from '../../../../src-main/storage/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

let folder: string;
let runtime: FakeRuntime;
let database: Database;
let store: MessageStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightjar-messages-'));
  runtime = new FakeRuntime();
  database = Database.open(join(folder, 'n.db'));
  store = new MessageStore({
    repository: new MessageRepository(database),
    folder,
    runtime,
    onChanged: () => {},
    measure: () => Promise.resolve(undefined),
  });
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A recording whose head was never completed, of so many seconds. */
function beginRecording(durationSec: number): { id: string; file: string } {
  const message = store.begin({ accountId: 'a', displayName: 'Bob', address: 'sip:bob@example.com' });
  writeFileSync(message.file, Buffer.concat([buildWavHeader(8000, 1, 0), Buffer.alloc(16_000 * durationSec, 1)]));
  return message;
}

describe('a database that was lost', () => {
  it('is filled again from the files, with who called and when', async () => {
    const message = beginRecording(3);
    store.finish(message.id, 3, 2);
    store.setNote(message.id, 'About the boiler');
    store.setMarked(message.id, true);
    store.setTranscript(message.id, 'please call me back');
    store.markHeard(message.id);
    const before = store.list();
    writeFileSync(join(folder, 'unknown.wav'), Buffer.concat([buildWavHeader(8000, 1, 0), Buffer.alloc(64_000, 1)]));
    writeFileSync(join(folder, 'unknown.json'), '{ torn');
    database.close();
    database = Database.open(join(folder, 'other.db'));
    store = new MessageStore({
      repository: new MessageRepository(database),
      folder,
      runtime,
      onChanged: () => {},
      measure: () => Promise.resolve(undefined),
    });

    expect(await store.adoptAll(2)).toBe(2);

    expect(store.list()).toContainEqual(before[0]);
    expect(store.get('unknown')).toMatchObject({ durationSec: 4, fromName: '', fromAddress: '' });
    expect(await store.adoptAll(2)).toBe(0);
  });
});

describe('what a person did', () => {
  it('can be taken back: heard, marked, noted, deleted', () => {
    const { id } = beginRecording(3);
    store.finish(id, 3, 2);
    store.markHeard(id);
    store.markHeard(id, false);
    store.setMarked(id, true);
    store.setMarked(id, false);
    store.setNote(id, 'wrong');
    store.setNote(id, '');
    store.delete(id);
    expect(store.list()).toEqual([]);
    expect(store.listDeleted()).toMatchObject([{ id, deletedAtMs: runtime.wallMs() }]);
    store.restore(id);

    expect(store.list()).toMatchObject([{ id, isHeard: false, isMarked: false, note: '' }]);
    expect(store.listDeleted()).toEqual([]);
  });

  it('empties the trash: of what is old by itself, of everything when it is asked for', async () => {
    const [old, fresh, kept] = [beginRecording(3), beginRecording(3), beginRecording(3)];
    for (const { id } of [old, fresh, kept]) store.finish(id, 3, 2);
    store.delete(old.id);
    await runtime.advance(20 * 86_400_000);
    store.delete(fresh.id);
    await runtime.advance(11 * 86_400_000);

    store.emptyTrash();
    expect(store.listDeleted().map(({ id }) => id)).toEqual([fresh.id]);
    expect([existsSync(old.file), existsSync(fresh.file)]).toEqual([false, true]);
    store.emptyTrash('all');

    expect(store.listDeleted()).toEqual([]);
    expect([existsSync(fresh.file), existsSync(kept.file)]).toEqual([false, true]);
    expect(store.list()).toMatchObject([{ id: kept.id }]);
  });
});

describe('a wave form', () => {
  it('is kept when the recording is finished, and what has none is drawn at the next start', async () => {
    const repository = new MessageRepository(database);
    const first = beginRecording(3);
    store.finish(first.id, 3, 2);
    const measured: string[] = [];
    const measure = (file: string): Promise<readonly number[]> => {
      measured.push(file);
      return Promise.resolve([50, 100]);
    };
    store = new MessageStore({ repository, folder, runtime, onChanged: () => {}, measure });
    const second = beginRecording(3);
    store.finish(second.id, 3, 2);
    await Promise.resolve();
    await store.drawAll();

    expect(measured).toEqual([second.file, first.file]);
    expect(store.list().map(({ waveForm }) => waveForm)).toEqual([
      [50, 100],
      [50, 100],
    ]);
  });

  it('that comes when the phone has ended is let go', async () => {
    const waiting: ((values: readonly number[]) => void)[] = [];
    const measure = () => new Promise<readonly number[]>((resolve) => waiting.push(resolve));
    const repository = new MessageRepository(database);
    store = new MessageStore({ repository, folder, runtime, onChanged: () => {}, measure });
    const { id } = beginRecording(3);
    store.finish(id, 3, 2);

    store.close();
    database.close();
    for (const tell of waiting) tell([100]);

    await store.drawAll();

    // What is not caught would fail the run.
    database = Database.open(join(folder, 'other.db'));
    expect(new MessageRepository(database).list()).toEqual([]);
  });
});

describe('recordings that were broken off', () => {
  it('are rescued at the next start, and those that are too short go', async () => {
    const long = beginRecording(3);
    const short = beginRecording(1);
    await runtime.advance(1000);

    const rescued = await store.rescueAll(2, runtime.wallMs());

    expect(rescued).toEqual([long.id]);
    expect(store.list()).toMatchObject([{ id: long.id, durationSec: 3 }]);
    expect(existsSync(short.file)).toBe(false);
  });

  it('are left alone when they began after the start: they are being recorded now', async () => {
    const startedMs = runtime.wallMs();
    await runtime.advance(1000);
    const current = beginRecording(3);

    const rescued = await store.rescueAll(2, startedMs);

    expect(rescued).toEqual([]);
    expect(store.list()).toEqual([]);
    expect(existsSync(current.file)).toBe(true);
    expect(store.finish(current.id, 4, 2)).toBe(true);
  });
});
