// The vectors of the RFCs: key derivation, key stream and whole packets.
import { describe, expect, it } from 'vitest';
import { CounterCipher, GcmCipher } from '../../../../src-main/media/srtp/packet-cipher.ts';
import { deriveKey, deriveSessionKeys } from '../../../../src-main/media/srtp/session-keys.ts';
import { SrtpReceiver, SrtpSender } from '../../../../src-main/media/srtp/index.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const NOTHING = new Uint8Array(0);

describe('key derivation — RFC 3711 §4.3.2, §4.3.3, appendix B.3', () => {
  const masterKey = hex('E1F97A0D3E018BE0D64FA32C06DE4139');
  const masterSalt = hex('0EC675AD498AFEEBB6960B3AABE6');

  it('gives the cipher key, the cipher salt and the authentication key', () => {
    expect(deriveKey(masterKey, masterSalt, 0, 16)).toEqual(hex('C61E7A93744F39EE10734AFE3FF7A087'));
    expect(deriveKey(masterKey, masterSalt, 2, 14)).toEqual(hex('30CBBC08863D8C85D49DB34A9AE1'));
    expect(deriveKey(masterKey, masterSalt, 1, 20)).toEqual(hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'));
  });

  it('gives keys of their own to reports, RFC 3711 §4.3', () => {
    const key = { suite: 'AES_CM_128_HMAC_SHA1_80', keyAndSalt: Buffer.concat([masterKey, masterSalt]) } as const;
    const [rtp, rtcp] = [deriveSessionKeys(key, 'rtp'), deriveSessionKeys(key, 'rtcp')];
    expect(rtp.encryption).toEqual(hex('C61E7A93744F39EE10734AFE3FF7A087'));
    expect(rtcp.encryption).not.toEqual(rtp.encryption);
    expect(rtcp.authentication).not.toEqual(rtp.authentication);
  });
});

describe('key stream of AES in counter mode — RFC 3711 §4.1.1, appendix B.2', () => {
  it('begins as the appendix says', () => {
    const keys = {
      encryption: hex('2B7E151628AED2A6ABF7158809CF4F3C'),
      salt: hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD'),
      authentication: Buffer.alloc(20),
    };
    const cipher = new CounterCipher(keys, 10, 'rtp');
    const { body } = cipher.seal({ ssrc: 0, index: 0, head: NOTHING, body: Buffer.alloc(48), trailer: NOTHING });
    expect(body).toEqual(
      hex(
        'E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0'.toLowerCase(),
      ),
    );
  });
});

describe('GCM — RFC 7714 §8.1, §8.2, §16.1.1, §16.2.1', () => {
  const packet = hex('8040f17b 8041f8d3 5501a0b2');
  const plain = Buffer.from('Gallia est omnis divisa in partes tres');
  const salt = hex('517569642070726f2071756f');
  const parts = { ssrc: 0x5501a0b2, index: 0xf17b, head: packet, body: plain, trailer: NOTHING };
  const sealWith = (encryption: Buffer): Buffer => {
    const { body, tag } = new GcmCipher({ encryption, salt, authentication: Buffer.alloc(0) }).seal(parts);
    return Buffer.concat([body, tag]);
  };

  it('AEAD_AES_128_GCM seals the packet of the RFC', () => {
    expect(sealWith(hex('000102030405060708090a0b0c0d0e0f')).toString('hex')).toBe(
      'f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce',
    );
  });

  it('AEAD_AES_256_GCM seals the packet of the RFC', () => {
    const key = hex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f');
    expect(sealWith(key).toString('hex')).toBe(
      '32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13',
    );
  });
});

describe('whole packets, from the master key on — RFC 3711 §3.1, §4.2, §4.2.1; RFC 7714 §11', () => {
  const plain = hex('800f1234decafbadcafebabe' + 'ab'.repeat(16));

  it('AES_CM_128_HMAC_SHA1_80 gives what libsrtp gives', () => {
    const keyAndSalt = hex('e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6');
    const key = { suite: 'AES_CM_128_HMAC_SHA1_80', keyAndSalt } as const;
    const sealed = new SrtpSender(key).protectRtp(plain);
    expect(Buffer.from(sealed ?? NOTHING).toString('hex')).toBe(
      '800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb',
    );
    expect(new SrtpReceiver(key).unprotectRtp(sealed ?? NOTHING)).toEqual({ ok: true, value: plain });
  });

  it('AEAD_AES_128_GCM gives what libsrtp gives, with a short salt', () => {
    const keyAndSalt = hex('000102030405060708090a0b0c0d0e0fa0a1a2a3a4a5a6a7a8a9aaab');
    const key = { suite: 'AEAD_AES_128_GCM', keyAndSalt } as const;
    const sealed = new SrtpSender(key).protectRtp(plain);
    expect(Buffer.from(sealed ?? NOTHING).toString('hex')).toBe(
      '800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392',
    );
  });
});
