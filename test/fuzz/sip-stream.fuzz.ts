import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamFramer } from '../../src-main/sip/transport/index.ts';
import { itHasGotOver } from './crashers.ts';
import { mutated, timed } from './mutate.ts';
import { runs } from './runs.ts';

const FOLDER = new URL('../fixtures/torture/', import.meta.url);
const CORPUS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.dat'))
  .map((file) => readFileSync(new URL(file, FOLDER), 'latin1'));

describe('fuzz: SIP streams', () => {
  it('cuts the same messages out of a stream however it is chunked', () => {
    fc.assert(fc.property(mutated(CORPUS.map((text) => text + text)), fc.integer({ min: 1, max: 200 }), check), {
      numRuns: runs(1_500),
      seed: 20_260_101,
    });
  });

  itHasGotOver('sip-stream', (text) => {
    for (const size of [1, 2, 3, 7, 64]) check(text, size);
  });
});

function kinds(text: string, size: number): string[] {
  const framer = new StreamFramer();
  const bytes = Buffer.from(text, 'latin1');
  const events: string[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    for (const event of framer.push(bytes.subarray(at, at + size))) {
      events.push(event.kind === 'keepAlive' ? `keepAlive ${event.isPing}` : `${event.kind} ${event.bytes.length}`);
    }
  }
  return events;
}

function check(text: string, size: number): void {
  expect(timed(() => kinds(text, size))).toEqual(kinds(text, Math.max(1, text.length)));
}
