import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** Who imports whom, and the rule that this breaks. */
const BREACHES: readonly [from: string, imported: string, rule: string][] = [
  ['src-main/base/clock.ts', 'src-main/sip/syntax/index.ts', 'only-src-main-base'],
  ['src-main/sip/syntax/parse.ts', 'src-main/sip/transport/index.ts', 'only-src-main-sip-syntax'],
  ['src-main/sip/core/core.ts', 'src-main/sip/transport/index.ts', 'only-src-main-sip-core'],
  ['src-main/sdp/sdp.ts', 'src-main/sip/syntax/index.ts', 'only-src-main-sdp'],
  ['src-main/media/codec/opus.ts', 'src-main/media/rtp/index.ts', 'only-src-main-media-codec'],
  ['src-main/features/call/call.ts', 'src-main/features/away/index.ts', 'features-downward'],
  ['src-main/features/call/view.ts', 'src-main/app/index.ts', 'only-features'],
  ['src-main/features/call/hold.ts', 'src-main/sip/core/dialog.ts', 'doors'],
  ['src-main/features/call/bridge.ts', 'src-main/features/call/conference/roster.ts', 'door-call-conference'],
  ['src-main/features/away/judge.ts', 'src-main/features/call/arrival/index.ts', 'door-call'],
  ['src-main/features/away/guess.ts', 'src-main/features/away/machine/away-machine.ts', 'door-away-machine'],
  ['src-main/app/peek.ts', 'src-main/features/away/messages/index.ts', 'door-away'],
  ['src-main/features/call/sound.ts', 'src-main/media/session/index.ts', 'media-door'],
  ['src-main/web/host.ts', 'src-main/features/call/index.ts', 'only-src-main-web'],
  ['src-renderer/state/phone.ts', 'src-main/base/result.ts', 'only-src-renderer'],
  ['src-shared/contract/call.ts', 'src-main/base/result.ts', 'only-src-shared'],
  ['src-main/sip/core/socket.ts', 'node:dgram', 'network-in-sip'],
  ['src-main/media/session/socket.ts', 'node:dgram', 'network-in-media'],
  ['src-main/app/window.ts', 'electron', 'electron-in-shell'],
  ['src-main/media/session/driver.ts', 'naudiodon', 'naudiodon-in-device'],
  ['src-renderer/state/files.ts', 'node:fs', 'no-node-in-renderer'],
  ['src-main/base/ring-a.ts', 'src-main/base/ring-b.ts', 'no-cycle'],
];

const ALLOWED: readonly [from: string, imported: string][] = [
  ['src-main/features/away/away.ts', 'src-main/features/call/index.ts'],
  ['src-main/shell/main.ts', 'electron'],
  ['src-main/sip/transport/udp.ts', 'node:dgram'],
];

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

let folder: string;
let violations: readonly Violation[];

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

/** A house of a few files under our own rules, examined once. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightjar-rules-'));
  copyFileSync(join(ROOT, '.dependency-cruiser.cjs'), join(folder, '.dependency-cruiser.cjs'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  write('package.json', '{"name":"house","type":"module","dependencies":{"electron":"1","naudiodon":"1"}}');
  const pairs = [...BREACHES, ...ALLOWED];
  for (const [, imported] of pairs) if (imported.startsWith('src-')) write(imported, 'export const value = 1;\n');
  for (const [from, imported] of pairs) {
    const up = '../'.repeat(from.split('/').length - 1);
    write(
      from,
      imported.startsWith('src-') ? `export { value } from '${up}${imported}';\n` : `import '${imported}';\n`,
    );
  }
  write('src-main/base/ring-b.ts', "export { value } from './ring-a.ts';\n");
  const cruise = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [
    cruise,
    'src-main',
    'src-renderer',
    'src-shared',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
  ];
  const report = JSON.parse(execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })) as {
    summary: { violations: Violation[] };
  };
  violations = report.summary.violations;
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rulesBrokenBy = (file: string) => violations.filter(({ from }) => from === file).map(({ rule }) => rule.name);

describe('import rules', () => {
  for (const [from, imported, rule] of BREACHES) {
    it(`fail when ${from} imports ${imported}`, () => {
      expect(rulesBrokenBy(from)).toContain(rule);
    });
  }

  for (const [from, imported] of ALLOWED) {
    it(`allow ${from} to import ${imported}`, () => {
      expect(rulesBrokenBy(from)).toEqual([]);
    });
  }
});
