import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Transcripts } from '../../../../../src-main/features/away/transcripts/index.ts';
import type { SpeechReply, SpeechRequest } from '../../../../../src-main/features/away/transcripts/speech-messages.ts';
import type { MessageRecord } from '../../../../../src-main/storage/index.ts';
import { FakeRuntime } from '../../../../support/fake-runtime.ts';

/** A speech process without an engine. */
class FakePort {
  readonly sent: SpeechRequest[] = [];
  isKilled = false;
  tell: (reply: SpeechReply) => void = () => {};
  exit: (reason: string) => void = () => {};

  send(message: unknown): void {
    this.sent.push(message as SpeechRequest);
  }
  onMessage(listener: (message: unknown) => void): void {
    this.tell = listener;
  }
  onExit(listener: (reason: string) => void): void {
    this.exit = listener;
  }
  kill(): void {
    this.isKilled = true;
  }
}

const message = (id: string, given: Partial<MessageRecord> = {}): MessageRecord => ({
  ...{ id, file: `${id}.wav`, accountId: 'a', fromName: '', fromAddress: '', receivedAtMs: 0, durationSec: 10 },
  ...{
    isHeard: false,
    wantsCallBack: false,
    isMarked: false,
    note: '',
    transcript: '',
    waveForm: [],
    deletedAtMs: undefined,
  },
  ...given,
});

let runtime: FakeRuntime;
let ports: FakePort[];
let heard: string[];
let records: Map<string, MessageRecord>;
let modelFolder: string;
let transcripts: Transcripts;
const word = (text: string) => ({ text, fromMs: 0, toMs: 100, confidence: 1 });
const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));
const states = () => transcripts.jobs.map(({ messageId, state }) => `${messageId} ${state}`);

beforeEach(() => {
  runtime = new FakeRuntime();
  ports = [];
  heard = [];
  records = new Map(['one', 'two', 'three'].map((id) => [id, message(id, { receivedAtMs: runtime.wallMs() })]));
  modelFolder = mkdtempSync(join(tmpdir(), 'nightjar-model-'));
  mkdirSync(join(modelFolder, 'sounds'));
  writeFileSync(join(modelFolder, 'sounds', 'mdef'), '');
  transcripts = new Transcripts({
    messages: {
      get: (id) => records.get(id),
      list: () => [...records.values()].reverse(),
      pathOf: ({ file }) => join('/messages', file),
      setTranscript: (id, transcript) => void records.set(id, { ...message(id), transcript }),
    },
    runtime,
    soundKeys: () => [],
    settings: { modelFolder, isAutomatic: true },
    openPort: () => {
      const port = new FakePort();
      ports.push(port);
      return port;
    },
    onChanged: () => {},
    onHeard: () => heard.push(transcripts.heard('c1')),
  });
});
afterEach(() => rmSync(modelFolder, { recursive: true, force: true }));

describe('messages that are to be written down', () => {
  it('go through one process each, one at a time, in their order', async () => {
    transcripts.take('one');
    transcripts.take('two');
    expect(states()).toEqual(['one working', 'two waiting']);
    expect(ports[0]?.sent).toEqual([
      { kind: 'write', file: '/messages/one.wav', modelFolder, limitMiB: 2048, soundKeys: [] },
    ]);
    ports[0]?.tell({ kind: 'progress', percent: 40 });
    expect(transcripts.jobs[0]?.percent).toBe(40);
    ports[0]?.tell({ kind: 'words', words: [word('please'), word('call')] });
    ports[0]?.tell({ kind: 'words', words: [word('tomorrow')] });
    ports[0]?.tell({ kind: 'ended' });
    expect(records.get('one')?.transcript).toBe('please call\ntomorrow');
    expect(states()).toEqual(['two working']);
    expect(ports).toHaveLength(2);
    await runtime.advance(1000);
    expect(ports[0]?.isKilled).toBe(true);
  });

  it('say why when it failed, and may be tried again', () => {
    transcripts.take('one');
    ports[0]?.exit('SIGKILL');
    expect(transcripts.jobs).toMatchObject([{ state: 'failed', reason: 'The speech process has ended unexpectedly.' }]);
    transcripts.write('one');
    ports[1]?.tell({ kind: 'ended' });
    expect(transcripts.jobs).toMatchObject([{ state: 'failed', reason: 'No words were understood.' }]);
  });

  it('fail when they take too long', async () => {
    transcripts.take('one');
    transcripts.take('two');
    await runtime.advance(60_000 + 10 * 10_000 + 1);
    expect(transcripts.jobs[0]).toMatchObject({ messageId: 'two', state: 'working' });
    expect(transcripts.jobs[1]).toMatchObject({ messageId: 'one', state: 'failed', reason: 'It took too long.' });
    expect(ports[0]?.sent.at(-1)).toEqual({ kind: 'stop' });
  });

  it('can be taken back while they wait and while they are at work', () => {
    transcripts.take('one');
    transcripts.take('two');
    transcripts.take('three');
    transcripts.cancel('two');
    transcripts.cancel('one');
    expect(states()).toEqual(['three working']);
    ports[0]?.tell({ kind: 'words', words: [word('late')] });
    expect(records.get('one')?.transcript).toBe('');
  });

  it('are passed over when they are deleted meanwhile', () => {
    transcripts.take('one');
    transcripts.take('two');
    records.delete('two');
    ports[0]?.tell({ kind: 'ended', failure: 'The recording cannot be read.' });
    expect(states()).toEqual(['one failed']);
  });

  it('are those of the last day after a start, the oldest first, and none that has words', () => {
    records.set('one', message('one', { receivedAtMs: runtime.wallMs() - 90_000_000 }));
    records.set('three', message('three', { receivedAtMs: runtime.wallMs(), transcript: 'hello' }));
    transcripts.catchUp();
    expect(states()).toEqual(['two working']);
  });

  it('are none while no folder is set, or only those that the user asks for', () => {
    expect(transcripts.set({ modelFolder, isAutomatic: false })).toMatchObject({ ok: false });
    transcripts.set({ modelFolder: null, isAutomatic: true });
    transcripts.take('one');
    expect(transcripts.write('one')).toEqual({ ok: false, error: 'No speech model is set.' });
    expect(states()).toEqual([]);
  });

  it('are written down while they are spoken, and not once more', async () => {
    transcripts.listen({ callId: 'c1', messageId: 'one', file: '/messages/one.wav' });
    expect(ports[0]?.sent).toMatchObject([{ kind: 'listen', file: '/messages/one.wav', modelFolder }]);
    ports[0]?.tell({ kind: 'words', words: [word('please'), word('call')] });
    expect(heard).toEqual(['please call']);
    transcripts.take('one');
    transcripts.ended('one');
    expect(ports[0]?.sent.at(-1)).toEqual({ kind: 'finish' });
    expect(states()).toEqual(['one working']);
    ports[0]?.tell({ kind: 'words', words: [word('tomorrow')] });
    ports[0]?.tell({ kind: 'ended' });
    await settle();
    expect(records.get('one')?.transcript).toBe('please call\ntomorrow');
    expect([states(), transcripts.heard('c1'), ports.length]).toEqual([[], '', 1]);
  });

  it('are read from the file when listening failed or never ended', async () => {
    transcripts.listen({ callId: 'c1', messageId: 'one', file: '/messages/one.wav' });
    transcripts.listen({ callId: 'c2', messageId: 'two', file: '/messages/two.wav' });
    // No more than two at once.
    transcripts.listen({ callId: 'c3', messageId: 'three', file: '/messages/three.wav' });
    expect(ports).toHaveLength(2);
    ports[0]?.exit('SIGKILL');
    transcripts.take('one');
    await settle();
    expect(ports[2]?.sent).toMatchObject([{ kind: 'write', file: '/messages/one.wav' }]);
    transcripts.take('two');
    await runtime.advance(31_000);
    await settle();
    expect(states()).toEqual(['one working', 'two waiting']);
  });

  it('are forgotten when they were too short to be kept', () => {
    transcripts.listen({ callId: 'c1', messageId: 'one', file: '/messages/one.wav' });
    ports[0]?.tell({ kind: 'words', words: [word('oh')] });
    transcripts.ended('one');
    expect(ports[0]?.sent.at(-1)).toEqual({ kind: 'stop' });
    expect([transcripts.heard('c1'), states()]).toEqual(['', []]);
  });

  it('are waited for by those who send them on, but not for ever', async () => {
    expect(transcripts.settled('one')).toBeUndefined();
    transcripts.take('one');
    transcripts.take('two');
    const told: string[] = [];
    for (const id of ['one', 'two']) void transcripts.settled(id)?.then(() => told.push(id));
    ports[0]?.tell({ kind: 'words', words: [word('hello')] });
    await settle();
    expect(told).toEqual([]);
    ports[0]?.tell({ kind: 'ended' });
    await settle();
    expect(told).toEqual(['one']);
    await runtime.advance(121_000);
    expect(told).toEqual(['one', 'two']);
  });

  it('have a length beyond which nothing is kept', () => {
    transcripts.take('one');
    for (let i = 0; i < 30; i++) ports[0]?.tell({ kind: 'words', words: [word('a'.repeat(9000))] });
    ports[0]?.tell({ kind: 'ended' });
    expect(records.get('one')?.transcript.length).toBeLessThan(100_100);
  });

  it('end with the phone', () => {
    transcripts.take('one');
    transcripts.close();
    expect(ports[0]?.sent.at(-1)).toEqual({ kind: 'stop' });
    expect(records.get('one')?.transcript).toBe('');
  });
});
