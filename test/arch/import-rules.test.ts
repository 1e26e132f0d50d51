import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightjar-rules-'));
  copyFileSync(join(ROOT, '.dependency-cruiser.cjs'), join(folder, '.dependency-cruiser.cjs'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (file: string, text: string) => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};

/** Names of the rules that a house of two files breaks. */
function brokenRules(from: string, imported: string): readonly string[] {
  const isFile = imported.startsWith('src-');
  if (isFile) write(imported, 'export const value = 1;\n');
  const depth = from.split('/').length - 1;
  write(from, isFile ? `export { value } from '${'../'.repeat(depth)}${imported}';\n` : `import '${imported}';\n`);
  const args = [
    join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
    'src-main',
    'src-renderer',
    'src-shared',
  ];
  for (const world of args.slice(1)) mkdirSync(join(folder, world), { recursive: true });
  try {
    execFileSync(process.execPath, [...args, '--config', '.dependency-cruiser.cjs', '--output-type', 'json'], {
      cwd: folder,
    });
    return [];
  } catch (error) {
    const report = JSON.parse(String((error as { stdout: Buffer }).stdout)) as {
      summary: { violations: { rule: { name: string } }[] };
    };
    return report.summary.violations.map(({ rule }) => rule.name);
  }
}

describe('import rules', () => {
  const BREACHES: readonly [string, string, string][] = [
    ['src-main/base/clock.ts', 'src-main/sip/syntax/index.ts', 'only-src-main-base'],
    ['src-main/sip/syntax/parse.ts', 'src-main/sip/transport/index.ts', 'only-src-main-sip-syntax'],
    ['src-main/sip/core/core.ts', 'src-main/sip/transport/index.ts', 'only-src-main-sip-core'],
    ['src-main/sdp/sdp.ts', 'src-main/sip/syntax/index.ts', 'only-src-main-sdp'],
    ['src-main/media/codec/opus.ts', 'src-main/media/rtp/index.ts', 'only-src-main-media-codec'],
    ['src-main/features/call/call.ts', 'src-main/features/away/index.ts', 'features-downward'],
    ['src-main/features/call/call.ts', 'src-main/app/index.ts', 'only-features'],
    ['src-main/features/call/call.ts', 'src-main/sip/core/dialog.ts', 'doors'],
    ['src-main/features/call/call.ts', 'src-main/media/session/index.ts', 'media-door'],
    ['src-main/web/host.ts', 'src-main/features/call/index.ts', 'only-src-main-web'],
    ['src-renderer/state/phone.ts', 'src-main/base/result.ts', 'only-src-renderer'],
    ['src-shared/contract/call.ts', 'src-main/base/result.ts', 'only-src-shared'],
    ['src-main/sip/core/core.ts', 'node:dgram', 'network-in-sip'],
    ['src-main/media/session/session.ts', 'node:dgram', 'network-in-media'],
    ['src-main/app/phone.ts', 'electron', 'electron-in-shell'],
    ['src-main/media/session/session.ts', 'naudiodon', 'naudiodon-in-device'],
    ['src-renderer/state/phone.ts', 'node:fs', 'no-node-in-renderer'],
  ];

  for (const [from, imported, rule] of BREACHES) {
    it(`fail when ${from} imports ${imported}`, () => {
      expect(brokenRules(from, imported)).toContain(rule);
    });
  }

  it('fail on a ring of files', () => {
    write('src-main/base/b.ts', "export { a } from './a.ts';\nexport const b = 1;\n");

    expect(brokenRules('src-main/base/a.ts', 'src-main/base/b.ts')).toEqual([]);
    write('src-main/base/a.ts', "export { b } from './b.ts';\nexport const a = 1;\n");
    write('src-main/base/b.ts', "export { a } from './a.ts';\nexport const b = 1;\n");
    expect(brokenRules('src-main/base/c.ts', 'src-main/base/d.ts')).toContain('no-cycle');
  });

  it('allow what the design allows', () => {
    expect(brokenRules('src-main/features/away/away.ts', 'src-main/features/call/index.ts')).toEqual([]);
    expect(brokenRules('src-main/shell/main.ts', 'electron')).toEqual([]);
  });
});
