import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { forgetNames, newNameFile } from '../../../../src-main/features/away/machine/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

it('names that a killed phone left behind are gone, and nothing else is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nightjar-names-'));
  const runtime = new FakeRuntime();
  for (const file of [newNameFile(folder, runtime), newNameFile(folder, runtime), join(folder, 'greeting.wav')])
    writeFileSync(file, '');
  expect(readdirSync(folder)).toHaveLength(3);

  forgetNames(folder);
  expect(readdirSync(folder)).toEqual(['greeting.wav']);
  forgetNames(join(folder, 'none'));
  rmSync(folder, { recursive: true });
});
