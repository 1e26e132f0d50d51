import { describe, expect, it } from 'vitest';
import {
  buildSoundMessage,
  parseSoundMessage,
  parseWindowOrder,
  parseWindowReport,
} from '../../../src-shared/contract/index.ts';

const frame = (count = 1) => Int16Array.from({ length: 480 * count }, (_, i) => (i % 2 === 0 ? -i : i * 3));
const bytesOf = (change: (bytes: Uint8Array) => void): Uint8Array => {
  const bytes = new Uint8Array(buildSoundMessage({ place: 'microphone', samples: frame() }));
  change(bytes);
  return bytes;
};

describe('sound messages of a window', () => {
  it('come out as they went in, also from the middle of a larger buffer', () => {
    for (const place of ['microphone', 'speaker', 'ringer'] as const) {
      const message = new Uint8Array(buildSoundMessage({ place, samples: frame(3) }));
      const larger = new Uint8Array(message.length + 3);
      larger.set(message, 3);

      expect(parseSoundMessage(larger.subarray(3))).toEqual({ place, samples: frame(3) });
    }
  });

  it('have at most ten whole frames from a known place', () => {
    expect(parseSoundMessage(bytesOf(() => undefined))).toBeDefined();
    expect(parseSoundMessage(bytesOf((bytes) => (bytes[0] = 3)))).toBeUndefined();
    expect(parseSoundMessage(bytesOf((bytes) => (bytes[1] = 1)))).toBeUndefined();
    expect(parseSoundMessage(bytesOf((bytes) => (bytes[2] = 2)))).toBeUndefined();
    expect(parseSoundMessage(bytesOf(() => undefined).subarray(0, 963))).toBeUndefined();
    expect(
      parseSoundMessage(new Uint8Array(buildSoundMessage({ place: 'speaker', samples: frame(11) }))),
    ).toBeUndefined();
    expect(parseSoundMessage(new Uint8Array(4))).toBeUndefined();
    expect(parseSoundMessage(new Uint8Array(0))).toBeUndefined();
  });
});

describe('reports of a window and orders to it', () => {
  const voice = { cancelsEcho: true, suppressesNoise: true, controlsGain: false };

  it('are taken when they are whole', () => {
    const report = { kind: 'state', microphone: 'refused', isBlocked: false, voice };
    const order = { kind: 'open', usesMicrophone: true, captureName: 'Headset', voice };

    expect(parseWindowReport(JSON.stringify(report))).toEqual(report);
    expect(parseWindowOrder(JSON.stringify(order))).toEqual(order);
  });

  it('are passed over when they are anything else', () => {
    const texts = ['', '{', 'null', '[]', '{"kind":"state"}', '{"kind":"captured","samples":[1]}'];
    for (const text of [...texts, `{"kind":"devices","devices":[],"x":1}`, 'x'.repeat(100_000)])
      expect(parseWindowReport(text)).toBeUndefined();
    expect(parseWindowOrder('{"kind":"sound"}')).toBeUndefined();
  });
});
