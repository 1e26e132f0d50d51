// What protects packets: every suite both ways, replay, rollover, forgery, limits. RFC 3711, RFC 6188, RFC 7714.
import { describe, expect, it } from 'vitest';
import { SRTP_SUITES, SrtpReceiver, SrtpSender, isWholeKey } from '../../../../src-main/media/srtp/index.ts';
import type { SrtpKey, SrtpSuite } from '../../../../src-main/media/srtp/index.ts';
import { guessIndex, REPLAY_WINDOW, ReplayWindow } from '../../../../src-main/media/srtp/packet-index.ts';
import { MAX_SOURCES } from '../../../../src-main/media/srtp/srtp-receiver.ts';

const SUITES = Object.keys(SRTP_SUITES) as SrtpSuite[];

function keyFor(suite: SrtpSuite, fill = 7): SrtpKey {
  const { keyBytes, saltBytes } = SRTP_SUITES[suite];
  return { suite, keyAndSalt: Buffer.alloc(keyBytes + saltBytes).map((_, at) => at * 3 + fill) };
}

function rtp(sequence: number, { ssrc = 0xcafe, first = 0x80 } = {}): Buffer {
  const packet = Buffer.alloc(172, 0x5a);
  packet.writeUInt8(first, 0);
  packet.writeUInt8(0, 1);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(160 * sequence, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

const report = Buffer.from('80c90001' + '0000cafe' + '81ca0002' + '0000cafe' + '0102617a', 'hex');

function sealed(sender: SrtpSender, packet: Uint8Array): Buffer {
  const bytes = sender.protectRtp(packet);
  if (!bytes) throw new Error('not sealed');
  return Buffer.from(bytes);
}

const isHeard = (receiver: SrtpReceiver, bytes: Uint8Array): boolean => receiver.unprotectRtp(bytes).ok;

describe.each(SUITES)('%s — RFC 3711 §3.1, §3.4; RFC 6188 §2, §3; RFC 7714 §12; RFC 4568 §6.2', (suite) => {
  const { rtpTagBytes, rtcpTagBytes, mode } = SRTP_SUITES[suite];

  it('carries sound and reports, and hides both, RFC 7714 §9, §9.1, §9.2', () => {
    const [sender, receiver] = [new SrtpSender(keyFor(suite)), new SrtpReceiver(keyFor(suite))];
    const packet = rtp(1);
    const sound = sealed(sender, packet);
    expect(sound.length).toBe(packet.length + rtpTagBytes);
    expect(sound.subarray(0, 12)).toEqual(packet.subarray(0, 12));
    expect(sound.includes(packet.subarray(12, 24))).toBe(false);
    expect(receiver.unprotectRtp(sound)).toEqual({ ok: true, value: packet });
    const hidden = sender.protectRtcp(report) ?? Buffer.alloc(0);
    // RFC 4568 §6.2.2: the tag of a report is long even where that of sound is short
    expect(hidden.length).toBe(report.length + 4 + rtcpTagBytes);
    expect(receiver.unprotectRtcp(hidden)).toEqual({ ok: true, value: report });
  });

  it('takes no packet that was changed in any part, and goes on with the next', () => {
    const [sender, receiver] = [new SrtpSender(keyFor(suite)), new SrtpReceiver(keyFor(suite))];
    const sound = sealed(sender, rtp(1));
    for (const at of [1, 2, 8, 12, sound.length - rtpTagBytes, sound.length - 1]) {
      const forged = Buffer.from(sound);
      forged[at] = (forged[at] ?? 0) ^ 1;
      expect(receiver.unprotectRtp(forged)).toEqual({ ok: false, error: 'unauthenticated' });
    }
    expect(receiver.positions).toEqual([]);
    expect(isHeard(receiver, sound)).toBe(true);
  });

  it('takes no report that was changed, nor one of another key', () => {
    const [sender, receiver] = [new SrtpSender(keyFor(suite)), new SrtpReceiver(keyFor(suite))];
    const hidden = Buffer.from(sender.protectRtcp(report) ?? []);
    for (const at of [4, 9, hidden.length - 1]) {
      const forged = Buffer.from(hidden);
      forged[at] = (forged[at] ?? 0) ^ 1;
      expect(receiver.unprotectRtcp(forged)).toEqual({ ok: false, error: 'unauthenticated' });
    }
    const other = new SrtpReceiver(keyFor(suite, 8));
    expect(other.unprotectRtcp(hidden)).toEqual({ ok: false, error: 'unauthenticated' });
    expect(receiver.unprotectRtcp(hidden).ok).toBe(true);
    expect(receiver.unprotectRtcp(hidden)).toEqual({ ok: false, error: 'replayed' });
  });

  it('leaves CSRC list and header extension readable', () => {
    const [sender, receiver] = [new SrtpSender(keyFor(suite)), new SrtpReceiver(keyFor(suite))];
    const packet = rtp(1, { first: 0x91 });
    packet.writeUInt16BE(2, 18);
    const sound = sealed(sender, packet);
    expect(sound.subarray(0, 28)).toEqual(packet.subarray(0, 28));
    expect(receiver.unprotectRtp(sound)).toEqual({ ok: true, value: packet });
  });

  it('finds the MKI of the peer where the suite puts it, RFC 3711 §3.1, RFC 7714 §8.2', () => {
    const mki = Buffer.from([1, 2]);
    const sound = sealed(new SrtpSender(keyFor(suite)), rtp(1));
    const tagAt = sound.length - rtpTagBytes;
    const withMki = (value: Buffer): Buffer =>
      mode === 'gcm'
        ? Buffer.concat([sound, value])
        : Buffer.concat([sound.subarray(0, tagAt), value, sound.subarray(tagAt)]);
    const receiver = new SrtpReceiver({ ...keyFor(suite), mki });
    expect(isHeard(receiver, withMki(Buffer.from([1, 3])))).toBe(false);
    expect(isHeard(receiver, withMki(mki))).toBe(true);
  });

  it('knows a key that is too short for it', () => {
    const key = keyFor(suite);
    expect(isWholeKey(key)).toBe(true);
    expect(isWholeKey({ ...key, keyAndSalt: key.keyAndSalt.subarray(1) })).toBe(false);
  });
});

describe('rollover — RFC 3711 §3.3.1', () => {
  it('guesses the index nearest to the highest one', () => {
    expect(guessIndex(5, 65_530)).toBe(65_541);
    expect(guessIndex(65_530, 65_541)).toBe(65_530);
    expect(guessIndex(65_535, 0)).toBe(-1);
    expect(guessIndex(100, 3 * 65_536 + 90)).toBe(3 * 65_536 + 100);
  });

  it('goes through three rounds of the sequence number, with loss and disorder', () => {
    const key = keyFor('AES_CM_128_HMAC_SHA1_80');
    const [sender, receiver] = [new SrtpSender(key), new SrtpReceiver(key)];
    for (let round = 0; round < 3; round++) {
      const packets = [10, 20_000, 45_000, 65_534, 65_535].map((sequence) => sealed(sender, rtp(sequence)));
      const arrived = [...packets.slice(0, 3), ...packets.slice(3).reverse()];
      expect(arrived.map((packet) => isHeard(receiver, packet))).toEqual([true, true, true, true, true]);
    }
    expect(receiver.positions).toEqual([{ kind: 'rtp', ssrc: 0xcafe, index: 2 * 65_536 + 65_535 }]);
    expect(sender.position.index).toBe(2 * 65_536 + 65_535);
  });

  it('goes on after a restart where it stood, and never uses a number twice', () => {
    const key = keyFor('AEAD_AES_128_GCM');
    const [sender, receiver] = [new SrtpSender(key), new SrtpReceiver(key)];
    const old = [65_535, 3, 4].map((sequence) => sealed(sender, rtp(sequence)));
    expect(old.every((packet) => isHeard(receiver, packet))).toBe(true);
    const next = new SrtpSender(key, sender.position);
    const heir = new SrtpReceiver(key, receiver.positions);
    expect(next.protectRtp(rtp(4))).toBeUndefined();
    expect(heir.unprotectRtp(old[2] ?? Buffer.alloc(0))).toEqual({ ok: false, error: 'replayed' });
    expect(isHeard(heir, sealed(next, rtp(6)))).toBe(true);
    expect(isHeard(receiver, sealed(next, rtp(7)))).toBe(true);
  });

  it('is kept by a new key, and a peer that begins again at 0 is understood', () => {
    const [first, second] = [keyFor('AES_CM_128_HMAC_SHA1_80'), keyFor('AES_CM_128_HMAC_SHA1_80', 99)];
    const sender = new SrtpSender(first);
    const receiver = new SrtpReceiver(first);
    for (const sequence of [65_535, 9]) isHeard(receiver, sealed(sender, rtp(sequence)));
    const faithful = new SrtpSender(second, { index: sender.position.index, reports: 0 });
    const forgetful = new SrtpSender(second);
    expect(isHeard(new SrtpReceiver(second, [], receiver.positions), sealed(faithful, rtp(10)))).toBe(true);
    expect(isHeard(new SrtpReceiver(second, [], receiver.positions), sealed(forgetful, rtp(10)))).toBe(true);
  });
});

describe('replay — RFC 3711 §3.3.2', () => {
  it('hears each packet once, and none from before the window', () => {
    const key = keyFor('AES_CM_128_HMAC_SHA1_32');
    const [sender, receiver] = [new SrtpSender(key), new SrtpReceiver(key)];
    const packets = Array.from({ length: 100 }, (_, sequence) => sealed(sender, rtp(sequence)));
    const hear = (at: number): boolean => isHeard(receiver, packets[at] ?? Buffer.alloc(0));
    expect([hear(0), hear(99), hear(99), hear(0)]).toEqual([true, true, false, false]);
    expect([hear(100 - REPLAY_WINDOW), hear(99 - REPLAY_WINDOW), hear(100 - REPLAY_WINDOW)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('forgets nothing when the window moves far', () => {
    const window = new ReplayWindow();
    for (const index of [0, 1, 1000]) window.add(index);
    expect([999, 937, 936, 1000, 1001].map((index) => window.isNew(index))).toEqual([true, true, false, false, true]);
  });
});

describe('limits — RFC 3711 §3.2.1, §9.2', () => {
  it('remembers a number of sources and no more, and strangers make it remember none', () => {
    const key = keyFor('AES_CM_128_HMAC_SHA1_80');
    const receiver = new SrtpReceiver(key);
    for (let ssrc = 1; ssrc <= MAX_SOURCES; ssrc++) {
      expect(isHeard(receiver, sealed(new SrtpSender(key), rtp(1, { ssrc })))).toBe(true);
    }
    const tooMany = sealed(new SrtpSender(key), rtp(1, { ssrc: MAX_SOURCES + 1 }));
    expect(receiver.unprotectRtp(tooMany)).toEqual({ ok: false, error: 'tooManySources' });
    expect(receiver.positions.length).toBe(MAX_SOURCES);
  });

  it('stops when the key is used up', () => {
    const key = keyFor('AEAD_AES_256_GCM');
    const sender = new SrtpSender(key, { index: 2 ** 48 - 2, reports: 2 ** 31 - 2 });
    expect(sender.protectRtp(rtp(65_535))).toBeDefined();
    expect(sender.protectRtp(rtp(0))).toBeUndefined();
    expect(sender.protectRtcp(report)).toBeDefined();
    expect(sender.protectRtcp(report)).toBeUndefined();
  });

  it('reads a report that is authenticated only, RFC 3711 §3.4, RFC 7714 §9.3', () => {
    const key = keyFor('AEAD_AES_128_GCM');
    const hidden = Buffer.from(new SrtpSender(key).protectRtcp(report) ?? []);
    hidden[hidden.length - 4] = 0;
    expect(new SrtpReceiver(key).unprotectRtcp(hidden)).toEqual({ ok: false, error: 'unauthenticated' });
  });

  it('takes nothing that is no RTP for a packet', () => {
    const key = keyFor('AEAD_AES_128_GCM');
    const [sender, receiver] = [new SrtpSender(key), new SrtpReceiver(key)];
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(11, 0x80), Buffer.alloc(40), Buffer.alloc(14, 0x9f)]) {
      expect(sender.protectRtp(bytes)).toBeUndefined();
      expect(receiver.unprotectRtp(bytes)).toEqual({ ok: false, error: 'malformed' });
    }
    expect(sender.protectRtcp(Buffer.alloc(4))).toBeUndefined();
    expect(receiver.unprotectRtcp(Buffer.alloc(9, 0x80))).toEqual({ ok: false, error: 'malformed' });
  });
});
