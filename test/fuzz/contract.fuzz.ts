// Fuzz target: what a client writes to the control socket or a window to its WebSocket, from bytes to the handlers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineReader } from '../../src-main/app/line-reader.ts';
import { answerRpc, commandNames, readRpc, type CommandHandlers } from '../../src-shared/contract/index.ts';
import { itHasGotOver } from './crashers.ts';
import { mutated, timed } from './mutate.ts';
import { runs } from './runs.ts';

const LINE_LIMIT_BYTES = 4096;
const PARAMS = [
  '{"target":"sip:bob@example.com"}',
  '{"callId":"1","digits":"12#"}',
  '{"account":{"id":"a","address":"sip:a@b","password":"p","transport":"tls"}}',
  '{"limit":10,"beforeMs":1,"search":"%"}',
  '[]',
  'null',
  '{"__proto__":{"x":1},"constructor":2}',
];
const LINES = [
  ...commandNames.map(
    (name, index) =>
      `{"jsonrpc":"2.0","id":${index},"method":"${name}","params":${PARAMS[index % PARAMS.length] ?? '{}'}}`,
  ),
  '{"jsonrpc":"2.0","method":"phone.changed","params":{"revision":1,"slices":{}}}',
  '{"jsonrpc":"2.0","id":null,"result":{}}',
  '{"jsonrpc":"2.0","id":"x","error":{"code":-1,"message":"m","data":{"code":"busy","message":"m"}}}',
];
const options = { numRuns: runs(2_000), seed: 20_261_122 };

/** Every command is there and throws, which is the worst that a handler can do. */
const handlers = Object.fromEntries(
  commandNames.map((name) => [name, (): Promise<never> => Promise.reject(new Error('no'))]),
) as unknown as CommandHandlers;

async function check(line: string): Promise<void> {
  const answer = await timed(() => answerRpc(line, handlers));
  timed(() => readRpc(line));
  if (answer === undefined) return;
  expect(JSON.parse(answer)).toMatchObject({ jsonrpc: '2.0', error: { data: { code: expect.any(String) as string } } });
  expect(answer).not.toContain('\n');
}

/** Lines come whole however the stream is cut, and what is kept of one that does not end has a limit. */
function checkLines(text: string, size: number): void {
  const bytes = Buffer.from(text);
  const read = (step: number): { lines: string[]; isOpen: boolean } => {
    const lines: string[] = [];
    const push = createLineReader(LINE_LIMIT_BYTES, (line) => lines.push(line));
    let isOpen = true;
    for (let at = 0; at < bytes.length && isOpen; at += step) isOpen = push(bytes.subarray(at, at + step));
    return { lines, isOpen };
  };
  const cut = timed(() => read(size));
  const whole = read(Math.max(1, bytes.length));
  if (cut.isOpen && whole.isOpen) expect(cut.lines).toEqual(whole.lines);
}

describe('fuzz: the contract', () => {
  it('answers every line with one line of JSON, or not at all', async () => {
    await fc.assert(fc.asyncProperty(mutated(LINES), check), options);
  });

  it('cuts a stream into the same lines however it is chunked', () => {
    const streams = fc.array(mutated(LINES), { maxLength: 6 }).map((lines) => lines.join('\n'));
    fc.assert(fc.property(streams, fc.integer({ min: 1, max: 300 }), checkLines), options);
  });

  itHasGotOver('contract', (text) => {
    void check(text);
    checkLines(text, 3);
  });
});
