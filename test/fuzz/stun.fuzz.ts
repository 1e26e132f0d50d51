import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildBindingAnswer,
  buildBindingRequest,
  isStun,
  parseAlternativeNames,
  parseBindingAnswer,
} from '../../src-main/sip/transport/index.ts';
import { itHasGotOver, itHasGotOverBytes } from './crashers.ts';
import { mutated, timed } from './mutate.ts';
import { runs } from './runs.ts';

const options = { numRuns: runs(4_000), seed: 20_260_101 };
const request = buildBindingRequest(new Uint8Array(12));
const answer = buildBindingAnswer(request, { address: '192.0.2.1', port: 1024 }) ?? request;

describe('fuzz: STUN answers', () => {
  it('reads or refuses any bytes', () => {
    const damaged = fc.tuple(fc.nat(answer.length - 1), fc.nat(255)).map(([at, byte]) => answer.with(at, byte));
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), damaged), checkAnswer), options);
  });

  itHasGotOverBytes('stun', checkAnswer);
});

function checkAnswer(bytes: Uint8Array): void {
  const parsed = timed(() => parseBindingAnswer(bytes));
  expect(parsed === undefined || isStun(bytes)).toBe(true);
  expect(buildBindingAnswer(bytes, { address: '::1', port: 1 })).not.toBe(null);
}

describe('fuzz: names in certificates', () => {
  it('reads any text as a list of names, none of which has two of them in it', () => {
    const samples = ['DNS:a.example, URI:sip:b.example', 'DNS:"a.example\\u002c DNS:b.example", IP Address:192.0.2.1'];
    fc.assert(fc.property(mutated(samples), checkNames), options);
  });

  itHasGotOver('certificate-names', checkNames);
});

function checkNames(text: string): void {
  const names = timed(() => parseAlternativeNames(text));
  expect(names.length).toBeLessThanOrEqual(256);
}
