// docs/limits.md says what the code does: every constant has its value, every test is there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const TEST_FOLDERS = ['interop', 'scenario', 'fuzz'];

interface Row {
  readonly what: string;
  readonly constant: string;
  readonly value: string;
  readonly file: string;
  readonly testFile: string;
  readonly title: string;
}

const unquote = (cell: string): string => cell.replaceAll('`', '').trim();

function readRow(line: string): Row[] {
  const [what = '', constant = '', value = '', where = '', , test = ''] = line
    .split('|')
    .slice(1)
    .map((cell) => cell.trim());
  if (!constant.startsWith('`')) return [];
  const [testFile = '', title = ''] = test.split('`: ');
  return [{ what, constant: unquote(constant), value, file: unquote(where), testFile: unquote(testFile), title }];
}

const rows = readFileSync(join(ROOT, 'docs/limits.md'), 'utf8').split('\n').flatMap(readRow);

/** `NAME = value`, `name: value` or `name ?? value`, with whatever underscores. */
function hasConstant(text: string, { constant, value }: Row): boolean {
  const plain = (part: string): string => part.replaceAll('_', '');
  const escaped = plain(value).replace(/[<>]/g, '\\$&');
  return new RegExp(`\\b${plain(constant)}\\s*(?:=|:|\\?\\?|\\)*, )[^\\n]*?\\b${escaped}\\b`).test(plain(text));
}

const sourceOf = (file: string): string => join(ROOT, file.startsWith('src-') ? file : `src-main/${file}`);
const testOf = (file: string): string =>
  join(ROOT, 'test', TEST_FOLDERS.some((folder) => file.startsWith(`${folder}/`)) ? file : `unit/${file}`);

describe('docs/limits.md', () => {
  it('has rows', () => {
    expect(rows.length).toBeGreaterThan(60);
  });

  it.each(rows)('names $constant in $file as it is ($what)', (row) => {
    expect(existsSync(sourceOf(row.file)), row.file).toBe(true);
    expect(hasConstant(readFileSync(sourceOf(row.file), 'utf8'), row), `${row.constant} is not ${row.value}`).toBe(
      true,
    );
  });

  it.each(rows)('names a test that is there for $what', ({ testFile, title }) => {
    expect(existsSync(testOf(testFile)), testFile).toBe(true);
    expect(title).not.toBe('');
    expect(readFileSync(testOf(testFile), 'utf8')).toContain(title);
  });
});
