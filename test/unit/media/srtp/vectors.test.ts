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

describe('AES with keys of 256 bits — RFC 6188 §2, §3, §7.1, §7.2', () => {
  const masterKey = hex('f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6');
  const masterSalt = hex('3b04803de51ee7c96423ab5b78d2');

  it('gives the key stream of §7.1 at its beginning and at its end', () => {
    const keys = {
      encryption: hex('57f82fe3613fd170a85ec93c40b1f0922ec4cb0dc025b58272147cc438944a98'),
      salt: hex('f0f1f2f3f4f5f6f7f8f9fafbfcfd'),
      authentication: Buffer.alloc(20),
    };
    const zeros = Buffer.alloc(0xff02 * 16);
    const cipher = new CounterCipher(keys, 10, 'rtp');
    const { body } = cipher.seal({ ssrc: 0, index: 0, head: NOTHING, body: zeros, trailer: NOTHING });
    expect(body.subarray(0, 48)).toEqual(
      hex('92bdd28a93c3f52511c677d08b5515a4 9da71b2378a854f67050756ded165bac 63c4868b7096d88421b563b8c94c9a31'),
    );
    expect(body.subarray(0xfeff * 16)).toEqual(
      hex('cea518c90fd91ced9cbb18c078a54711 3dbc4814f4da5f00a08772b63c6a046d 6eb246913062a16891433e97dd01a57f'),
    );
  });

  it('derives the keys of §7.2', () => {
    const key = { suite: 'AES_256_CM_HMAC_SHA1_80', keyAndSalt: Buffer.concat([masterKey, masterSalt]) } as const;
    const { encryption, salt, authentication } = deriveSessionKeys(key, 'rtp');
    expect(encryption).toEqual(hex('5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4'));
    expect(salt).toEqual(hex('fa31791685ca444a9e07c6c64e93'));
    expect(authentication).toEqual(hex('fd9c32d39ed5fbb5a9dc96b30818454d1313dc05'));
  });

  it('AES_256_CM_HMAC_SHA1_80 gives what libsrtp gives', () => {
    const key = { suite: 'AES_256_CM_HMAC_SHA1_80', keyAndSalt: Buffer.concat([masterKey, masterSalt]) } as const;
    const plain = hex('800f1234decafbadcafebabe' + 'ab'.repeat(16));
    const sealed = Buffer.from(new SrtpSender(key).protectRtp(plain) ?? NOTHING);
    expect(sealed.toString('hex')).toBe('800f1234decafbadcafebabef1d9de17ff251ff1aa007774b0b4b40da08d9d9a5b3a55d8873b');
  });
});

describe('reports under GCM — RFC 7714 §9.1, §9.2, §9.3, §17.1, §17.2, §17.3, §17.4', () => {
  // The packet that the sections themselves encrypt; the one that §17 prints before them is another by mistake.
  const report = hex(
    '81c8000d4d617273 4e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef',
  );
  const salt = hex('517569642070726f2071756f');
  const common = { ssrc: 0x4d617273, index: 0x5d4 };
  const encrypted = {
    ...common,
    head: report.subarray(0, 8),
    body: report.subarray(8),
    trailer: hex('800005d4'),
  };
  const authenticated = { ...common, head: report, body: NOTHING, trailer: hex('000005d4') };
  const cipherOf = (keyBytes: number): GcmCipher =>
    new GcmCipher({ encryption: Buffer.from([...Array(keyBytes).keys()]), salt, authentication: Buffer.alloc(0) });

  it.each([
    [
      16,
      '63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275b',
      'c84aa45896cf4d2fc5abf87245d9eade',
    ],
    [
      32,
      'd50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad',
      '1d1eb30c4446839f57ff6f6cb26ac3be',
    ],
  ])('encrypted with a key of %i bytes', (keyBytes, body, tag) => {
    expect(cipherOf(keyBytes).seal(encrypted)).toEqual({ body: hex(body), tag: hex(tag) });
    expect(cipherOf(keyBytes).open({ ...encrypted, body: hex(body) }, hex(tag))).toEqual(report.subarray(8));
  });

  it.each([
    [16, '841dd9683dd78ec92ae58790125f62b3'],
    [32, '91db4afbfeee5a978fab4393ed2615fe'],
  ])('only authenticated with a key of %i bytes', (keyBytes, tag) => {
    expect(cipherOf(keyBytes).seal(authenticated)).toEqual({ body: Buffer.alloc(0), tag: hex(tag) });
    expect(cipherOf(keyBytes).open(authenticated, hex(tag))).toEqual(Buffer.alloc(0));
    expect(cipherOf(keyBytes).open({ ...authenticated, index: 0x5d5 }, hex(tag))).toBeUndefined();
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
