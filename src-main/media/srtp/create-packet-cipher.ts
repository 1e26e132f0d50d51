// The cipher that a key asks for, for packets of one kind. RFC 4568 §6.2.
import { CounterCipher, GcmCipher, type PacketCipher } from './packet-cipher.ts';
import { deriveSessionKeys } from './session-keys.ts';
import { SRTP_SUITES, type SrtpKey } from './srtp-suite.ts';

export function createPacketCipher(key: SrtpKey, kind: 'rtp' | 'rtcp'): PacketCipher {
  const { mode, rtpTagBytes, rtcpTagBytes } = SRTP_SUITES[key.suite];
  const keys = deriveSessionKeys(key, kind);
  if (mode === 'gcm') return new GcmCipher(keys);
  return new CounterCipher(keys, kind === 'rtp' ? rtpTagBytes : rtcpTagBytes, kind);
}
