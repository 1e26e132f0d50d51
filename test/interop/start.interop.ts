// The built phone and the code that the build has kept for it: taken where it fits, done without where it does not.
import { build } from 'esbuild';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configFileOf, ROOT, temporaryFolder } from '../support/daemon.ts';
import { LineProcess, runProgram } from '../support/line-process.ts';

const BUILT = join(ROOT, 'dist', 'main');
const PROGRAMS = ['phone', 'media'] as const;
const copies: string[] = [];

afterAll(() => {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
});

/** A second build beside the first, so that packages and sounds are found from it. */
function copyOfBuild(): string {
  const copy = mkdtempSync(join(ROOT, 'dist', 'test-start-'));
  copies.push(copy);
  cpSync(BUILT, copy, { recursive: true, filter: (file) => !file.endsWith('.map') });
  return copy;
}

/** Starts the phone of `build` and calls the test line's echo: both processes have to work. */
async function callEcho(build: string): Promise<{ readonly stderr: string }> {
  const config = configFileOf({
    sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] },
    media: { address: '127.0.0.1' },
  });
  const args = ['daemon', '--json', '--data', temporaryFolder('data'), '--config', config, '--audio', 'null'];
  const phone = new LineProcess(process.execPath, [join(build, 'headless.js'), ...args]);
  const line = (part: string) => phone.until(part, () => phone.lines.find((text) => text.includes(part)), 20_000);
  const { control } = JSON.parse(await line('"ready":true')) as { readonly control: string };
  await line('"registered"');
  const dial = ['ctl', '--control', control, 'call.dial', '{"target":"echo"}'];
  await runProgram(process.execPath, [join(build, 'headless.js'), ...dial]);
  await line('"connected"');
  await phone.end();
  return { stderr: phone.stderr };
}

const change = (build: string, how: (bytes: Buffer) => Buffer) => {
  for (const name of PROGRAMS) {
    const file = join(build, `${name}.cache`);
    writeFileSync(file, how(readFileSync(file)));
  }
};

describe('the built phone', () => {
  it.each(PROGRAMS)('has code for its program "%s" that V8 takes', async (name) => {
    const check = `
      const { readFileSync } = require('node:fs');
      const text = readFileSync(process.argv[1] + '.cjs', 'latin1');
      const source = '(function (exports, require, module, __filename, __dirname) {\\n' + text + '\\n})';
      const cachedData = readFileSync(process.argv[1] + '.cache').subarray(32);
      console.log(new (require('node:vm').Script)(source, { cachedData }).cachedDataRejected);`;
    expect((await runProgram(process.execPath, ['-e', check, join(BUILT, name)])).stdout).toBe('false');
  });

  it('registers and calls with it, and says nothing about it', async () => {
    expect(await callEcho(BUILT)).toEqual({ stderr: '' });
  });

  it.each([
    ['torn', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ['damaged', (bytes: Buffer) => Buffer.from(bytes).fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 64)],
    ['empty', () => Buffer.alloc(0)],
  ])('registers and calls when it is %s', async (_name, how) => {
    const copy = copyOfBuild();
    change(copy, how);
    expect(await callEcho(copy)).toEqual({ stderr: '' });
  });

  it('registers and calls without it, also in a version of V8 with other flags, and writes nothing into its folder', async () => {
    const copy = copyOfBuild();
    for (const name of PROGRAMS) rmSync(join(copy, `${name}.cache`));
    expect(await callEcho(copy)).toEqual({ stderr: '' });
    expect(PROGRAMS.some((name) => existsSync(join(copy, `${name}.cache`)))).toBe(false);
    const version = await runProgram(process.execPath, ['--no-lazy', join(BUILT, 'headless.js'), '--version']);
    expect(version).toMatchObject({ code: 0, stderr: '' });
  });

  it('names the lines of its sources in a stack trace when Node is asked for them', async () => {
    const folder = temporaryFolder('stack');
    const source = join(folder, 'thrower.ts');
    writeFileSync(
      source,
      "interface Nothing {}\n\nexport const fail = (): Nothing => {\n  throw new Error('x');\n};\n",
    );
    const common = { bundle: true, platform: 'node', minifyWhitespace: true, sourcemap: true } as const;
    const stdin = { contents: "import { fail } from './thrower.ts'; fail();", resolveDir: folder };
    await build({ ...common, stdin, format: 'cjs', outfile: join(folder, 'demo.cjs') });
    const contents = `import { runBundle } from '${join(ROOT, 'src-main/boot/run-bundle.ts')}'; runBundle('${folder}', 'demo');`;
    const start = join(folder, 'start.mjs');
    await build({ ...common, stdin: { contents, resolveDir: folder }, format: 'esm', outfile: start });
    expect((await runProgram(process.execPath, ['--enable-source-maps', start])).stderr).toContain(`${source}:4:9`);
    expect((await runProgram(process.execPath, [start])).stderr).toContain(`${join(folder, 'demo.cjs')}:1:`);
  });
});
