import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildRejection,
  buildResponse,
  checkKnownHeaders,
  isSameUri,
  parseMessage,
  parseUri,
  formatUri,
  serializeMessage,
} from '../../src-main/sip/syntax/index.ts';
import { StreamFramer } from '../../src-main/sip/transport/index.ts';
import { mutated, timed } from './mutate.ts';

const FOLDER = new URL('../fixtures/torture/', import.meta.url);
const CORPUS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.dat'))
  .map((file) => readFileSync(new URL(file, FOLDER), 'latin1'));

const URIS = [
  'sip:alice:secretword@atlanta.com;transport=tcp;lr?subject=project%20x&to=a%40b',
  'sips:1212@[2001:db8::9:1]:5061',
  'tel:+1-201-555-0123;phone-context=example.com;ext=12',
  'sip:user;par=u%40example.net@example.com',
  'http://example.com/a?b',
];

const options = { numRuns: 4_000, seed: 20_260_101 };

describe('fuzz: SIP messages', () => {
  it('parses or refuses, and writes what it parsed', () => {
    fc.assert(
      fc.property(mutated(CORPUS), (text) => {
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
      }),
      options,
    );
  });

  it('cuts the same messages out of a stream however it is chunked', () => {
    const kinds = (text: string, size: number): string[] => {
      const framer = new StreamFramer();
      const bytes = Buffer.from(text, 'latin1');
      const events: string[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        for (const event of framer.push(bytes.subarray(at, at + size))) {
          events.push(event.kind === 'keepAlive' ? `keepAlive ${event.isPing}` : `${event.kind} ${event.bytes.length}`);
        }
      }
      return events;
    };
    fc.assert(
      fc.property(mutated(CORPUS.map((text) => text + text)), fc.integer({ min: 1, max: 200 }), (text, size) => {
        expect(timed(() => kinds(text, size))).toEqual(kinds(text, Math.max(1, text.length)));
      }),
      { ...options, numRuns: 1_000 },
    );
  });
});

describe('fuzz: URIs', () => {
  it('writes what it parsed so that it is the same', () => {
    fc.assert(
      fc.property(mutated(URIS), (text) => {
        const parsed = timed(() => parseUri(text));
        if (!parsed.ok) return;
        const uri = parsed.value.kind === 'sip' ? parsed.value.with({}) : parsed.value;
        const again = parseUri(formatUri(uri));
        expect(again.ok && formatUri(again.value)).toBe(formatUri(uri));
        expect(isSameUri(parsed.value, parsed.value)).toBe(true);
      }),
      options,
    );
  });
});
