import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAudioSpec } from '../../../src-main/app/audio-spec.ts';
import { loadConfigFile } from '../../../src-main/app/config-loader.ts';
import { createLineReader } from '../../../src-main/app/line-reader.ts';
import { parseCommandLine } from '../../../src-main/headless/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightjar-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('--audio', () => {
  it('names devices, files, or nothing', () => {
    expect(parseAudioSpec(undefined)).toEqual({ ok: true, value: { kind: 'portaudio', isFallbackAllowed: true } });
    expect(parseAudioSpec('null')).toEqual({ ok: true, value: { kind: 'null' } });
    expect(parseAudioSpec('portaudio:mic,ear')).toMatchObject({
      value: { captureName: 'mic', playbackName: 'ear', isFallbackAllowed: false },
    });
    expect(parseAudioSpec('file:,out.wav')).toEqual({ ok: true, value: { kind: 'file', playbackFile: 'out.wav' } });
    expect(parseAudioSpec('alsa')).toMatchObject({ ok: false });
  });
});

describe('the config file', () => {
  const write = (text: string) => {
    const file = join(folder, 'config.json');
    writeFileSync(file, text);
    return file;
  };

  it('is optional', () => {
    expect(loadConfigFile(undefined)).toMatchObject({ ok: true, value: { accounts: [] } });
  });

  it('is refused with the place of the fault', () => {
    expect(loadConfigFile(write('{"acounts":[]}'))).toMatchObject({
      ok: false,
      error: expect.stringContaining('"acounts"') as string,
    });
    expect(loadConfigFile(write('{"calls":{"maxCalls":"many"}}'))).toMatchObject({
      error: expect.stringContaining('calls.maxCalls') as string,
    });
    expect(loadConfigFile(write('{'))).toMatchObject({
      ok: false,
      error: expect.stringContaining('not JSON') as string,
    });
    expect(loadConfigFile(join(folder, 'none.json'))).toMatchObject({ ok: false });
  });
});

describe('the command line', () => {
  it('reads a call with all its options', () => {
    const words = ['call', 'echo', '--seconds', '3', '--play', 'a.wav', '--record', 'b.wav', '--dtmf', '12', '--json'];

    expect(parseCommandLine(words)).toMatchObject({
      ok: true,
      value: { name: 'call', target: 'echo', seconds: 3, play: 'a.wav', record: 'b.wav', dtmf: '12', isJson: true },
    });
  });

  it('shows what there is to whoever asks, behind a command too', () => {
    for (const words of [['--help'], ['help'], [], ['ctl', '--help'], ['daemon', '-h']])
      expect(parseCommandLine(words)).toEqual({ ok: true, value: { name: 'help' } });
  });

  it('reads a contract command with its JSON', () => {
    expect(parseCommandLine(['ctl', 'call.dial', '{"target":"echo"}'])).toMatchObject({
      value: { name: 'ctl', command: 'call.dial', params: { target: 'echo' }, isFollowing: false },
    });
  });

  const WRONG = [
    ['fly'],
    ['call'],
    ['call', 'a', 'b'],
    ['call', 'a', '--seconds', 'x'],
    ['ctl'],
    ['ctl', 'x', '{'],
    ['ctl', 'x', '--follow'],
    ['messages', 'export', 'id'],
    ['doctor', 'x'],
    ['daemon', '--nope'],
  ];
  for (const words of WRONG) {
    it(`refuses "${words.join(' ')}" with a sentence`, () => {
      expect(parseCommandLine(words)).toMatchObject({ ok: false, error: expect.any(String) as string });
    });
  }
});

describe('lines from a stream', () => {
  it('come whole however the stream is cut', () => {
    const lines: string[] = [];
    const read = createLineReader(100, (line) => lines.push(line));
    for (const byte of Buffer.from('{"a":1}\n\n{"ü":2}\nrest')) read(Buffer.from([byte]));

    expect(lines).toEqual(['{"a":1}', '{"ü":2}']);
  });

  it('are refused when they never end', () => {
    const read = createLineReader(10, () => {});

    expect(read(Buffer.alloc(8))).toBe(true);
    expect(read(Buffer.alloc(8))).toBe(false);
  });
});
