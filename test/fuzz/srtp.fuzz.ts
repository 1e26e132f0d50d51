// Fuzz target: protected packets of a stranger, RTP and reports, in both kinds of suite. RFC 3711 §3.3, RFC 7714 §8.2
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SRTP_SUITES, SrtpReceiver, SrtpSender } from '../../src-main/media/srtp/index.ts';
import type { SrtpKey, SrtpSuite } from '../../src-main/media/srtp/index.ts';
import { mutations } from '../support/media/mutations.ts';
import { itHasGotOverBytes } from './crashers.ts';
import { timed } from './mutate.ts';
import { runs } from './runs.ts';

const keys = (Object.keys(SRTP_SUITES) as SrtpSuite[]).map((suite): SrtpKey => {
  const { keyBytes, saltBytes } = SRTP_SUITES[suite];
  return { suite, keyAndSalt: Buffer.alloc(keyBytes + saltBytes, 9), mki: Buffer.from([1]) };
});

const sound = Buffer.alloc(60, 1);
sound.set([0x91, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2, 0xbe, 0xde, 0, 1]);
const report = Buffer.from('80c90001' + '00000001' + '81ca0002' + '00000001' + '0102617a', 'hex');
const corpus = keys.flatMap((key) => {
  const sender = new SrtpSender(key);
  return [sender.protectRtp(sound) ?? sound, sender.protectRtcp(report) ?? report];
});

describe('SRTP under mutation — RFC 3711 §3.3', () => {
  it('neither throws nor hangs, and remembers nothing of a stranger', () => {
    fc.assert(fc.property(mutations(corpus), checkPacket), { numRuns: runs(3000), seed: 1 });
  });

  itHasGotOverBytes('srtp', checkPacket);
});

// Strangers know none of these keys: what they say of an MKI may fit, what they say of a tag may not.
const receivers = keys.map((key) => new SrtpReceiver({ ...key, keyAndSalt: Buffer.alloc(key.keyAndSalt.length, 8) }));
const senders = keys.map((key) => new SrtpSender(key));

function checkPacket(bytes: Uint8Array): void {
  timed(() => {
    for (const receiver of receivers) {
      expect(receiver.unprotectRtp(bytes).ok).toBe(false);
      expect(receiver.unprotectRtcp(bytes).ok).toBe(false);
      expect(receiver.positions).toEqual([]);
    }
    for (const sender of senders) {
      sender.protectRtp(bytes);
      sender.protectRtcp(bytes);
    }
  });
}
