import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../../src-main/base/logger.ts';
import { Delivery, type DeliverySettings } from '../../../../src-main/features/away/index.ts';
import { fileNameOf, subjectOf } from '../../../../src-main/features/away/delivery/delivery-text.ts';
import { Database, DeliveryRepository } from '../../../../src-main/storage/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

const NOWHERE: DeliverySettings = { mail: null, webhook: null, folder: null };
const MINUTE_MS = 60_000;

let root: string;
let runtime: FakeRuntime;
let database: Database;
let pending: DeliveryRepository;
let told: string[];
/** Nothing is written down, unless a test says so. */
let words: () => Promise<void> | undefined;
let transcript: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nightjar-delivery-'));
  runtime = new FakeRuntime();
  database = Database.open(':memory:');
  pending = new DeliveryRepository(database);
  told = [];
  words = () => undefined;
  transcript = '';
  writeFileSync(join(root, 'm1.wav'), 'sound');
});
afterEach(() => {
  database.close();
  rmSync(root, { recursive: true, force: true });
});

const message = (given: object = {}) => ({
  ...{ id: 'm1', from: { displayName: 'Bob', address: 'sip:bob@example.com' }, durationSec: 3.2, wantsCallBack: false },
  ...{ receivedAtMs: new Date(2026, 10, 28, 14, 5, 9).getTime(), file: join(root, 'm1.wav') },
  ...given,
});

const openDelivery = (settings: DeliverySettings, delivered = message()): Delivery =>
  new Delivery({
    ...{ runtime, logger: silentLogger, settings, pending },
    openSealed: () => Promise.resolve(undefined),
    words: () => words(),
    mailPassword: () => '',
    message: (messageId) => (messageId === 'm1' ? { ...delivered, transcript } : undefined),
    onChanged: () => {},
    tell: (text) => told.push(text),
  });

const settled = () => vi.waitFor(() => expect(pending.list()).toEqual([]));

describe('delivery into a folder', () => {
  it('makes a file that says who and when, and one with the words', async () => {
    const folder = join(root, 'deep', 'messages');
    openDelivery({ ...NOWHERE, folder }).deliver('m1');
    await settled();
    expect(readdirSync(folder).sort()).toEqual(['2026-11-28 14.05.09 Bob.txt', '2026-11-28 14.05.09 Bob.wav']);
    expect(readFileSync(join(folder, '2026-11-28 14.05.09 Bob.wav'), 'utf8')).toBe('sound');
    expect(readFileSync(join(folder, '2026-11-28 14.05.09 Bob.txt'), 'utf8')).toContain(
      'Bob left a message of 4 seconds',
    );
  });

  it('tells of who wants to be called back, for whom there is no sound', async () => {
    const folder = join(root, 'deep');
    const callBack = message({ wantsCallBack: true, file: join(root, 'none.wav'), durationSec: 0 });
    openDelivery({ ...NOWHERE, folder }, callBack).deliver('m1');
    await settled();
    expect(readdirSync(folder)).toEqual(['2026-11-28 14.05.09 Bob.txt']);
    const words = readFileSync(join(folder, '2026-11-28 14.05.09 Bob.txt'), 'utf8');
    expect(words).toContain('Bob called and wants to be called back');
    expect(words).toContain('sip:bob@example.com');
    expect(subjectOf(callBack)).toBe('Bob wants to be called back');
  });

  it('lets no caller choose a place by his name', () => {
    const nameOf = (displayName: string) => fileNameOf(message({ from: { displayName, address: '' } }));
    expect(nameOf('../../etc/passwd')).toBe('2026-11-28 14.05.09 etcpasswd');
    expect(nameOf('a\0b\nc:d|e')).toBe('2026-11-28 14.05.09 abcde');
    expect(nameOf('∞')).toBe('2026-11-28 14.05.09 unknown');
    expect(nameOf('x'.repeat(500)).length).toBeLessThan(100);
  });
});

describe('what does not arrive', () => {
  it('is tried again after 1, 5, 30 minutes, 2 and 12 hours, and the user is told once', async () => {
    const folder = join(root, 'm1.wav', 'is a file');
    const delivery = openDelivery({ ...NOWHERE, folder });
    delivery.deliver('m1');
    const triesAre = (tries: number) =>
      vi.waitFor(() => expect(pending.list()).toMatchObject([{ way: 'folder', tries }]));
    await triesAre(1);
    for (const [index, minutes] of [1, 5, 30, 120].entries()) {
      await runtime.advance(minutes * MINUTE_MS - 1);
      expect(pending.list()).toMatchObject([{ tries: index + 1 }]);
      await runtime.advance(1);
      await triesAre(index + 2);
    }
    await runtime.advance(720 * MINUTE_MS);
    await settled();
    expect(told).toEqual([expect.stringContaining('The message from Bob could not be sent to the folder')]);
  });

  it('goes on after a restart, when the folder is there again', async () => {
    const folder = join(root, 'back');
    pending.put({ messageId: 'm1', way: 'folder', tries: 2 });
    openDelivery({ ...NOWHERE, folder }).resume();
    await settled();
    expect(existsSync(folder)).toBe(true);
  });

  it('stays for the next start when the phone ends while it is on its way', async () => {
    const folder = join(root, 'late');
    const delivery = openDelivery({ ...NOWHERE, folder });
    delivery.deliver('m1');
    delivery.close();
    await vi.waitFor(() => expect(existsSync(join(folder, '2026-11-28 14.05.09 Bob.txt'))).toBe(true));
    expect(pending.list()).toMatchObject([{ messageId: 'm1', way: 'folder' }]);
  });

  it('begins after the next start when the message is kept while the phone ends', async () => {
    const folder = join(root, 'next');
    const delivery = openDelivery({ ...NOWHERE, folder });
    delivery.close();
    delivery.deliver('m1');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(existsSync(folder)).toBe(false);
    openDelivery({ ...NOWHERE, folder }).resume();
    await settled();
    expect(existsSync(folder)).toBe(true);
  });

  it('waits for its words, also over the end of the phone', async () => {
    const folder = join(root, 'words');
    let known = (): void => {};
    words = () => new Promise((resolve) => (known = resolve));
    const delivery = openDelivery({ ...NOWHERE, folder });
    delivery.deliver('m1');
    expect(pending.list()).toMatchObject([{ messageId: 'm1', way: 'folder' }]);
    transcript = 'please call me back';
    known();
    await settled();
    const written = readFileSync(join(folder, '2026-11-28 14.05.09 Bob.txt'), 'utf8');
    expect(written).toContain('In words, as this computer understood them:\nplease call me back');
    delivery.deliver('m1');
    delivery.close();
    known();
    await new Promise((resolve) => void setImmediate(resolve));
    expect(pending.list()).toMatchObject([{ messageId: 'm1', way: 'folder', tries: 0 }]);
  });

  it('is forgotten when the message is gone, or the way is no longer wanted', async () => {
    pending.put({ messageId: 'gone', way: 'folder', tries: 1 });
    openDelivery({ ...NOWHERE, folder: join(root, 'x') }).resume();
    await settled();
    pending.put({ messageId: 'm1', way: 'folder', tries: 1 });
    openDelivery(NOWHERE).resume();
    await settled();
    expect(told).toEqual([]);
  });
});
