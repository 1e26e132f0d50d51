import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  claimDataFolder,
  Database,
  describeDataFolder,
  HistoryRepository,
  MessageRepository,
  SecretFile,
  SettingsFile,
  TextRepository,
  type HistoryRecord,
  type MessageStart,
} from '../../../src-main/storage/index.ts';
import { FakeRuntime } from '../../support/fake-runtime.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nightjar-storage-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const entry = (id: string, startedAtMs: number, remoteName = 'Bob'): HistoryRecord => ({
  id,
  accountId: 'a',
  direction: 'incoming',
  outcome: 'missed',
  remoteName,
  remoteAddress: `sip:${remoteName.toLowerCase()}@example.com`,
  startedAtMs,
  durationSec: 0,
  reason: undefined,
});

/** As it was before it knew of messages. */
const OLD_HISTORY = `CREATE TABLE history (
  id TEXT PRIMARY KEY, account_id TEXT NOT NULL, direction TEXT NOT NULL, outcome TEXT NOT NULL,
  remote_name TEXT NOT NULL, remote_address TEXT NOT NULL,
  started_at_ms INTEGER NOT NULL, duration_sec REAL NOT NULL, reason TEXT, details TEXT);`;

const message = (id: string): MessageStart => ({
  id,
  accountId: 'a',
  fromName: 'Bob',
  fromAddress: 'sip:bob@example.com',
  receivedAtMs: 1000,
  durationSec: 0,
  file: `${id}.wav`,
  isHeard: false,
});

describe('data folder', () => {
  it('belongs to one phone at a time', () => {
    const folder = describeDataFolder(root);
    writeFileSync(join(root, 'phone.lock'), String(process.ppid));

    expect(claimDataFolder(folder)).toMatchObject({ ok: false, error: { kind: 'inUse' } });
  });

  it('is free again after a power cut, whoever has the number of its process now', () => {
    const folder = describeDataFolder(root);
    writeFileSync(join(root, 'phone.lock'), String(process.ppid));
    utimesSync(join(root, 'phone.lock'), 1, 1);

    expect(claimDataFolder(folder).ok).toBe(true);
  });

  it('is free again after its phone was killed', () => {
    const folder = describeDataFolder(root);
    writeFileSync(join(root, 'phone.lock'), '4194303');

    const claim = claimDataFolder(folder);

    expect(claim.ok).toBe(true);
    expect(existsSync(folder.messagesFolder)).toBe(true);
  });

  it('refuses a place that is no folder', () => {
    writeFileSync(join(root, 'file'), '');

    expect(claimDataFolder(describeDataFolder(join(root, 'file')))).toMatchObject({
      ok: false,
      error: { kind: 'notWritable' },
    });
  });
});

describe('settings file', () => {
  it('has its sections again after a restart', () => {
    new SettingsFile(join(root, 's.json')).write('away', { enabled: true });

    expect(new SettingsFile(join(root, 's.json')).read('away')).toEqual({ enabled: true });
  });

  it('puts an unreadable file aside instead of losing it', () => {
    writeFileSync(join(root, 's.json'), '{"half":');

    const settings = new SettingsFile(join(root, 's.json'));

    expect(settings.read('half')).toBeUndefined();
    expect(readFileSync(String(settings.putAside), 'utf8')).toBe('{"half":');
  });
});

describe('secret file', () => {
  it('gives a secret back after a restart and keeps it out of the file', async () => {
    const [file, key] = [join(root, 'secrets'), join(root, 'key')];
    await new SecretFile(file, key).write('alice', 'p4ssw0rd');

    expect(await new SecretFile(file, key).read('alice')).toBe('p4ssw0rd');
    expect(readFileSync(file, 'utf8')).not.toContain('p4ssw0rd');
    expect(statSync(key).mode & 0o777).toBe(0o600);
  });

  it('answers nothing when the key is another', async () => {
    const file = join(root, 'secrets');
    await new SecretFile(file, join(root, 'key')).write('alice', 'p4ssw0rd');

    expect(await new SecretFile(file, join(root, 'other')).read('alice')).toBeUndefined();
  });

  it('forgets a removed secret', async () => {
    const secrets = new SecretFile(join(root, 'secrets'), join(root, 'key'));
    await secrets.write('alice', 'x');
    await secrets.remove('alice');

    expect(await secrets.read('alice')).toBeUndefined();
  });
});

describe('writes that go to the disk together', () => {
  const count = (file: string): number => {
    const other = Database.open(file);
    const rows = other.all('SELECT * FROM history').length;
    other.close();
    return rows;
  };

  it('are there at once for the phone, and on the disk when it closes', () => {
    const file = join(root, 'n.db');
    const database = Database.open(file, new FakeRuntime());
    const history = new HistoryRepository(database);
    history.add(entry('1', 10), 100);
    history.add(entry('2', 20), 100);

    expect(history.list({ limit: 9 }).map(({ id }) => id)).toEqual(['2', '1']);
    database.close();
    expect(count(file)).toBe(2);
  });

  it('are on the disk after a tenth of a second', async () => {
    const file = join(root, 'n.db');
    const runtime = new FakeRuntime();
    const database = Database.open(file, runtime);
    new HistoryRepository(database).add(entry('1', 10), 100);
    const journal = () => statSync(`${file}-journal`).size;
    expect(journal()).toBeGreaterThan(0);

    await runtime.advance(100);

    expect(journal()).toBe(0);
    expect(runtime.pendingTimers).toBe(0);
    database.close();
  });

  it('are tried again when the disk refuses them', async () => {
    const file = join(root, 'n.db');
    const runtime = new FakeRuntime();
    const database = Database.open(file, runtime);
    database.all('PRAGMA foreign_keys = ON');
    database.run('CREATE TABLE parent (id INTEGER PRIMARY KEY)');
    database.run('CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)');
    database.run('INSERT INTO child VALUES (1)');
    await runtime.advance(1000);

    // Not by run, which would commit by itself: only a further try can.
    database.all('INSERT INTO parent VALUES (1)');
    await runtime.advance(1000);
    expect(statSync(`${file}-journal`).size).toBe(0);
    database.close();

    const again = Database.open(file);
    expect(again.all('SELECT * FROM child')).toHaveLength(1);
    again.close();
  });
});

describe('history', () => {
  it('is settled when it is known what became of a call, and remembers the message', () => {
    const database = Database.open(join(root, 'n.db'));
    const history = new HistoryRepository(database);
    history.add({ ...entry('1', 10), outcome: 'machine' }, 100);
    history.add({ ...entry('2', 20), outcome: 'message', messageId: 'm2' }, 100);
    history.settle('1', 'noMessage', undefined);
    expect(history.get('1')).toEqual({ ...entry('1', 10), outcome: 'noMessage' });
    history.settle('1', 'message', 'm1');
    expect(history.list({ limit: 9 })).toMatchObject([
      { id: '2', outcome: 'message', messageId: 'm2' },
      { id: '1', outcome: 'message', messageId: 'm1' },
    ]);
    expect(history.get('3')).toBeUndefined();
    database.close();
  });

  it('of an earlier version finds the message of each call, and calls no other one a message', () => {
    const file = join(root, 'n.db');
    const old = new sqlite.Database(file);
    const was = (id: string, outcome: string, who: string, atMs: number): string =>
      `INSERT INTO history VALUES ('${id}', 'a', 'incoming', '${outcome}', '', 'sip:${who}', ${atMs}, 20, NULL, NULL);`;
    const left = (id: string, who: string, atMs: number, wantsCallBack = 0): string =>
      `INSERT INTO message VALUES ('${id}', 'a', 'sip:${who}', ${atMs}, ${wantsCallBack});`;
    old.exec(`${OLD_HISTORY} CREATE TABLE message (
      id TEXT PRIMARY KEY, account_id TEXT NOT NULL, from_address TEXT NOT NULL,
      received_at_ms INTEGER NOT NULL, wants_call_back INTEGER NOT NULL);
      CREATE INDEX history_by_time ON history (started_at_ms); CREATE INDEX message_by_time ON message (received_at_ms);
      ${was('hung up', 'message', 'bob', 1_000)} ${was('spoke', 'message', 'bob', 60_000)} ${left('m1', 'bob', 70_000)}
      ${was('asked', 'message', 'carol', 61_000)} ${left('m2', 'carol', 62_000, 1)}
      ${was('long ago', 'message', 'dave', 1_000)} ${left('m3', 'dave', 9_000_000)}
      ${was('talked', 'answered', 'erin', 1_000)} ${left('m4', 'erin', 2_000)}
      PRAGMA user_version = 7;`);
    old.close();

    const database = Database.open(file);
    const found = new HistoryRepository(database).list({ limit: 9 });

    expect(Object.fromEntries(found.map(({ id, outcome, messageId }) => [id, [outcome, messageId]]))).toEqual({
      'hung up': ['machine', undefined],
      spoke: ['message', 'm1'],
      asked: ['callBackWanted', 'm2'],
      'long ago': ['machine', undefined],
      talked: ['answered', undefined],
    });
    expect(database.putAside).toBeUndefined();
    database.close();
  });

  it('lists newest first, page by page, and finds by name or address', () => {
    const database = Database.open(join(root, 'n.db'));
    const history = new HistoryRepository(database);
    for (const [id, at, name] of [
      ['1', 10, 'Bob'],
      ['2', 20, 'Carol'],
      ['3', 30, '100%_Dave'],
    ] as const)
      history.add(entry(id, at, name), 100);

    expect(history.list({ limit: 2 }).map((e) => e.id)).toEqual(['3', '2']);
    expect(history.list({ limit: 2, beforeMs: 20 }).map((e) => e.id)).toEqual(['1']);
    expect(history.list({ limit: 9, search: 'carol' }).map((e) => e.id)).toEqual(['2']);
    expect(history.list({ limit: 9, search: '%_' }).map((e) => e.id)).toEqual(['3']);
    database.close();
  });
});

describe('what strangers can fill', () => {
  it('is the history up to its limit, of which the oldest entries go', () => {
    const database = Database.open(join(root, 'n.db'));
    const history = new HistoryRepository(database);
    for (let index = 0; index < 12; index++) history.add(entry(String(index), index), 10);

    expect(history.list({ limit: 100 }).map(({ id }) => id)).toEqual([
      '11',
      '10',
      '9',
      '8',
      '7',
      '6',
      '5',
      '4',
      '3',
      '2',
    ]);
    database.close();
  });

  it('is the texts up to a number and a length of all together, of which the oldest go', () => {
    const database = Database.open(join(root, 'n.db'));
    const texts = new TextRepository(database);
    const add = (index: number, text: string, room: { texts: number; characters: number }): void =>
      texts.add(
        {
          ...{
            id: String(index),
            accountId: 'a',
            direction: 'incoming',
            remoteName: '',
            remoteAddress: 'sip:b@c',
            text,
          },
          ...{ atMs: index, status: 'received', isRead: false },
        },
        room,
      );
    for (let index = 0; index < 12; index++) add(index, 'x', { texts: 10, characters: 1000 });
    expect(texts.list({ limit: 100 })).toHaveLength(10);

    for (let index = 12; index < 250; index++) add(index, 'x'.repeat(100), { texts: 1000, characters: 20_000 });
    const kept = texts.list({ limit: 1000 });
    expect(kept.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(20_000);
    expect(kept[0]?.id).toBe('249');

    add(250, 'y'.repeat(30_000), { texts: 1000, characters: 20_000 });
    expect(texts.list({ limit: 1000 }).map(({ id }) => id)).toEqual(['250']);
    database.close();
  });
});

describe('messages', () => {
  it('shows a message once it is complete, and again after delete and restore', () => {
    const database = Database.open(join(root, 'n.db'));
    const messages = new MessageRepository(database);
    messages.begin(message('m1'));
    expect(messages.list()).toEqual([]);
    expect(messages.listUnfinished().map((m) => m.id)).toEqual(['m1']);

    messages.finish('m1', 7.5);
    messages.change('m1', { isHeard: true });
    expect(messages.list()).toMatchObject([{ id: 'm1', durationSec: 7.5, isHeard: true }]);

    messages.change('m1', { deletedAtMs: 5000 });
    expect(messages.list()).toEqual([]);
    expect(messages.listDeletedBefore(5001)).toHaveLength(1);
    messages.change('m1', { deletedAtMs: undefined });
    expect(messages.list()).toHaveLength(1);
    database.close();
  });

  const found = (messages: MessageRepository, search: string): readonly string[] =>
    messages.find({ limit: 10, search }).map(({ id }) => id);

  it('are found by the beginnings of words in name, address, note and transcript', () => {
    const database = Database.open(join(root, 'n.db'));
    const messages = new MessageRepository(database);
    messages.begin({ ...message('m1'), fromName: 'Zoë Müller', fromAddress: 'sip:+4930551234@example.com' });
    messages.begin({ ...message('m2'), receivedAtMs: 2000 });
    for (const id of ['m1', 'm2']) messages.finish(id, 3);
    messages.change('m2', { note: 'About the boiler', transcript: 'please call me back on friday' });

    expect(found(messages, 'muell')).toEqual([]);
    expect(found(messages, 'zoe mull')).toEqual(['m1']);
    expect(found(messages, '51234')).toEqual(['m1']);
    expect(found(messages, 'BOIL frid')).toEqual(['m2']);
    expect(found(messages, 'boil monday')).toEqual([]);
    expect(found(messages, 'example')).toEqual(['m2', 'm1']);
    expect(messages.find({ limit: 1, search: ' ' }).map(({ id }) => id)).toEqual(['m2']);
    database.close();
  });

  it('are searched for what was typed and nothing else', () => {
    const database = Database.open(join(root, 'n.db'));
    const messages = new MessageRepository(database);
    messages.begin(message('m1'));
    messages.finish('m1', 3);

    for (const search of ['"', 'NOT bob', 'note:bob', '*', 'bob" OR "', '%', 'a'.repeat(4000), 'a '.repeat(2000)])
      expect(found(messages, search)).toEqual([]);
    expect(found(messages, '(bob)')).toEqual(['m1']);
    database.close();
  });

  it('are found by what is written now, not by what was', () => {
    const database = Database.open(join(root, 'n.db'));
    const messages = new MessageRepository(database);
    messages.begin(message('m1'));
    messages.finish('m1', 3);
    messages.change('m1', { note: 'first' });
    messages.change('m1', { note: 'second', isMarked: true, waveForm: [0, 100, 7] });

    expect(found(messages, 'first')).toEqual([]);
    expect(found(messages, 'second')).toEqual(['m1']);
    expect(messages.get('m1')).toMatchObject({ isMarked: true, waveForm: [0, 100, 7] });
    messages.purge('m1');
    expect(found(messages, 'second')).toEqual([]);
    database.close();
  });

  it('of an earlier version are found too', () => {
    const file = join(root, 'n.db');
    const old = new sqlite.Database(file);
    old.exec(`${OLD_HISTORY} CREATE TABLE message (
     id TEXT PRIMARY KEY, account_id TEXT NOT NULL, from_name TEXT NOT NULL, from_address TEXT NOT NULL,
     received_at_ms INTEGER NOT NULL, duration_sec REAL NOT NULL, file TEXT NOT NULL,
     is_heard INTEGER NOT NULL DEFAULT 0, is_recording INTEGER NOT NULL DEFAULT 0, deleted_at_ms INTEGER);
     INSERT INTO message VALUES ('m1', 'a', 'Bob', 'sip:bob@example.com', 1000, 4, 'm1.wav', 1, 0, NULL);
     PRAGMA user_version = 3;`);
    old.close();

    const database = Database.open(file);
    const messages = new MessageRepository(database);

    expect(found(messages, 'bob')).toEqual(['m1']);
    expect(messages.get('m1')).toMatchObject({ isHeard: true, isMarked: false, note: '', waveForm: [] });
    expect(database.putAside).toBeUndefined();
    database.close();
  });
});

describe('database', () => {
  it('opens although a killed phone left its lock', () => {
    const file = join(root, 'n.db');
    Database.open(file).close();
    mkdirSync(`${file}.lock`);

    const database = Database.open(file);

    expect(new HistoryRepository(database).list({ limit: 1 })).toEqual([]);
    database.close();
  });

  it('puts a torn file aside and begins a new one', () => {
    const file = join(root, 'n.db');
    writeFileSync(file, 'SQLite format 3\0 torn'.padEnd(4096, 'x'));

    const database = Database.open(file);

    expect(new MessageRepository(database).list()).toEqual([]);
    expect(existsSync(String(database.putAside))).toBe(true);
    database.close();
  });
});
