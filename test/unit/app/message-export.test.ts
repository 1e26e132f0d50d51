import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatOf, newExportFile } from '../../../src-main/app/message-export.ts';
import { buildMessage } from '../../support/fake-phone-client.ts';

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'nightjar-home-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('where a message is saved', () => {
  it('is Downloads where there is one, and never a file that is there', () => {
    const message = buildMessage({ from: { displayName: '../Bob/', address: 'sip:bob@example.com' } });
    expect(dirname(newExportFile(message, 'mp3', home))).toBe(home);
    mkdirSync(join(home, 'Downloads'));

    const first = newExportFile(message, 'mp3', home);
    writeFileSync(first, '');
    const second = newExportFile(message, 'mp3', home);

    expect(dirname(first)).toBe(join(home, 'Downloads'));
    expect(basename(first)).toMatch(/^\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d [^/\\]*Bob\.mp3$/);
    expect(second).toBe(first.replace('.mp3', ' (2).mp3'));
  });

  it('says the format by its ending', () => {
    expect(['a.mp3', 'a.OGG', 'a.opus', 'a.wav', 'a', undefined].map((file) => formatOf(file))).toEqual([
      'mp3',
      'ogg',
      'ogg',
      'wav',
      'wav',
      'wav',
    ]);
  });
});
