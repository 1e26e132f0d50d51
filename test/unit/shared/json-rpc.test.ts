import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerRpc,
  eventText,
  readRpc,
  refusal,
  requestText,
  type CommandHandlers,
} from '../../../src-shared/contract/index.ts';

const handlers = {
  'call.dial': ({ target }: { target: string }) =>
    Promise.resolve(target === 'bad' ? refusal('badTarget', 'No.') : { ok: true, value: { callId: target } }),
  'call.hangUp': () => Promise.reject(new Error('broken')),
  'message.stop': () => Promise.resolve({ ok: true, value: undefined }),
} as unknown as CommandHandlers;

const ask = async (text: string) => readRpc(String(await answerRpc(text, handlers)));

describe('JSON-RPC 2.0', () => {
  it('answers a command with its value', async () => {
    expect(await ask(requestText(7, 'call.dial', { target: 'echo' }))).toEqual({
      kind: 'reply',
      id: 7,
      reply: { ok: true, value: { callId: 'echo' } },
    });
    expect(await ask(requestText(8, 'message.stop', undefined))).toMatchObject({
      reply: { ok: true, value: undefined },
    });
  });

  it('answers a refusal with its code and sentence', async () => {
    expect(await ask(requestText(1, 'call.dial', { target: 'bad' }))).toMatchObject({
      reply: { ok: false, failure: { code: 'badTarget', message: 'No.' } },
    });
    expect(await ask(requestText(1, 'call.dial', {}))).toMatchObject({ reply: { failure: { code: 'badParams' } } });
    expect(await ask(requestText(1, 'call.fly', {}))).toMatchObject({ reply: { failure: { code: 'unknownCommand' } } });
  });

  it('lets nothing thrown cross', async () => {
    expect(await ask(requestText(1, 'call.hangUp', { callId: 'x' }))).toMatchObject({
      reply: { failure: { code: 'internal' } },
    });
  });

  it('stays silent when no answer is asked for', async () => {
    expect(await answerRpc('{"jsonrpc":"2.0","method":"message.stop"}', handlers)).toBeUndefined();
  });

  it('carries events as notifications', () => {
    const text = eventText({ event: 'phone.changed', revision: 3, changed: { isDoNotDisturb: true } });

    expect(JSON.parse(text)).toEqual({
      jsonrpc: '2.0',
      method: 'phone.changed',
      params: { revision: 3, changed: { isDoNotDisturb: true } },
    });
    expect(readRpc(text)).toEqual({
      kind: 'event',
      event: { event: 'phone.changed', revision: 3, changed: { isDoNotDisturb: true } },
    });
  });

  it('answers any text whatever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        const answer = await answerRpc(text, handlers);
        expect(answer === undefined || JSON.parse(answer)).toBeTruthy();
        readRpc(text);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
