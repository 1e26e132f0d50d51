import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildRejection,
  buildResponse,
  checkKnownHeaders,
  parseMessage,
  serializeMessage,
} from '../../src-main/sip/syntax/index.ts';
import { itHasGotOver } from './crashers.ts';
import { mutated, timed } from './mutate.ts';
import { runs } from './runs.ts';

const FOLDER = new URL('../fixtures/torture/', import.meta.url);
const CORPUS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.dat'))
  .map((file) => readFileSync(new URL(file, FOLDER), 'latin1'));

const options = { numRuns: runs(4_000), seed: 20_260_101 };

describe('fuzz: SIP messages', () => {
  it('parses or refuses, and writes what it parsed', () => {
    fc.assert(fc.property(mutated(CORPUS), check), options);
  });

  itHasGotOver('sip-message', check);
});

function check(text: string): void {
  const parsed = timed(() => parseMessage(Buffer.from(text, 'latin1')));
  if (!parsed.ok) {
    const rejection = buildRejection(parsed.error);
    if (rejection) serializeMessage(rejection);
    return;
  }
  timed(() => checkKnownHeaders(parsed.value.headers));
  const again = parseMessage(serializeMessage(parsed.value));
  expect(again.ok && again.value.callId).toBe(parsed.value.callId);
  expect(again.ok && again.value.cseq).toEqual(parsed.value.cseq);
  if (parsed.value.kind === 'request') serializeMessage(buildResponse(parsed.value, 200, 'OK', { toTag: 'x' }));
}
