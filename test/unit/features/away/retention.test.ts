import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MessageStore } from '../../../../src-main/features/away/messages/message-store.ts';
import {
  DAY_MS,
  retentionStep,
  type KeptMessage,
  type WarnedAtMs,
} from '../../../../src-main/features/away/messages/retention.ts';
import { RetentionWatch } from '../../../../src-main/features/away/messages/retention-watch.ts';
import { Database, MessageRepository } from '../../../../src-main/storage/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

const NOW = 100 * DAY_MS;
const aged = (id: string, days: number, more: Partial<KeptMessage> = {}): KeptMessage => ({
  id,
  receivedAtMs: NOW - days * DAY_MS,
  isMarked: false,
  sizeBytes: 1_048_576,
  ...more,
});

describe('what is to go', () => {
  it('by age is told of first, although it is long overdue, and goes a day later', () => {
    const messages = [aged('new', 1), aged('nearly', 29.5), aged('old', 90), aged('marked', 90, { isMarked: true })];
    const settings = { keepDays: 30, keepMiB: null };

    const first = retentionStep(messages, settings, {}, NOW);
    expect(first).toMatchObject({ isNew: true, remove: [], soon: ['old', 'nearly'] });
    const second = retentionStep(messages, settings, first.warnedAtMs, NOW + DAY_MS - 1);
    expect(second).toMatchObject({ isNew: false, remove: [] });
    const third = retentionStep(messages, settings, second.warnedAtMs, NOW + DAY_MS);

    expect(third).toEqual({ isNew: false, remove: ['old', 'nearly'], soon: [], warnedAtMs: {} });
  });

  it('by size is the oldest that is not marked, and no more than needed', () => {
    const messages = [aged('c', 1), aged('b', 2), aged('a', 3), aged('kept', 4, { isMarked: true })];

    expect(retentionStep(messages, { keepDays: null, keepMiB: 2 }, {}, NOW).soon).toEqual(['a', 'b']);
    expect(retentionStep(messages, { keepDays: null, keepMiB: 4 }, {}, NOW).soon).toEqual([]);
  });

  it('is nothing when the limit is lifted, or the message is marked, after it was told of', () => {
    const told = { a: NOW - 2 * DAY_MS };

    const lifted = retentionStep([aged('a', 90)], { keepDays: null, keepMiB: null }, told, NOW);
    const marked = retentionStep([aged('a', 90, { isMarked: true })], { keepDays: 30, keepMiB: null }, told, NOW);

    for (const step of [lifted, marked]) expect(step).toEqual({ isNew: false, soon: [], remove: [], warnedAtMs: {} });
  });
});

describe('the watch over what is kept', () => {
  let folder: string;
  let database: Database;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightjar-retention-'));
    database = Database.open(join(folder, 'n.db'));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('tells once, waits a day over restarts, and deletes with a way back', async () => {
    const runtime = new FakeRuntime();
    const measure = () => Promise.resolve(undefined);
    const repository = new MessageRepository(database);
    const messages = new MessageStore({ repository, folder, runtime, onChanged: () => {}, measure });
    const ids = [1, 2].map(() => {
      const { id, file } = messages.begin({ accountId: 'a', displayName: 'Bob', address: 'sip:bob@example.com' });
      writeFileSync(file, Buffer.alloc(1_500_000));
      messages.finish(id, 8, 2);
      return id;
    });
    let warned: WarnedAtMs = {};
    const told: string[] = [];
    const open = () =>
      new RetentionWatch({
        ...{ messages, runtime, settings: { keepDays: 30, keepMiB: 2 } },
        readWarned: () => warned,
        keepWarned: (next) => (warned = next),
        tell: (text) => told.push(text),
      });
    const first = open();
    first.check();
    await runtime.advance(DAY_MS / 2);
    first.close();
    expect(told).toEqual([
      'A message goes to the trash within a day: messages are kept for 30 days and up to 2 MiB together. Mark what is to stay.',
    ]);
    const second = open();
    second.check();
    expect(messages.list()).toHaveLength(2);
    await runtime.advance(DAY_MS / 2 + 3_600_000);

    expect(messages.list()).toMatchObject([{ id: ids[1] }]);
    expect(messages.listDeleted()).toMatchObject([{ id: ids[0] }]);
    expect(told).toHaveLength(1);
    second.close();
    expect(runtime.pendingTimers).toBe(0);
  });
});
