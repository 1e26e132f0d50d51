// Seals and opens the records behind the change of cipher. RFC 5288 §3, RFC 6347 §4.1.2.
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { uintBytes } from '../../base/byte-writer.ts';
import type { RecordKeys } from './key-schedule.ts';
import { associatedData, type DtlsRecord } from './record.ts';

const EXPLICIT_NONCE_BYTES = 8;
const TAG_BYTES = 16;

const cipherName = ({ key }: RecordKeys): 'aes-128-gcm' | 'aes-256-gcm' =>
  key.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm';

export function sealRecord(keys: RecordKeys, record: DtlsRecord): DtlsRecord {
  // RFC 5288 §3: epoch and number never come twice under a key, which is all that the nonce has to be.
  const explicit = Buffer.concat([uintBytes(record.epoch, 2), uintBytes(record.sequence, 6)]);
  const nonce = Buffer.concat([keys.implicitNonce, explicit]);
  const cipher = createCipheriv(cipherName(keys), keys.key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(record, record.body.length));
  const body = Buffer.concat([cipher.update(record.body), cipher.final()]);
  return { ...record, body: Buffer.concat([explicit, body, cipher.getAuthTag()]) };
}

/** The plain record; undefined when it is not what the peer sent. */
export function openRecord(keys: RecordKeys, record: DtlsRecord): DtlsRecord | undefined {
  const { body } = record;
  const plainBytes = body.length - EXPLICIT_NONCE_BYTES - TAG_BYTES;
  if (plainBytes < 0) return undefined;
  const nonce = Buffer.concat([keys.implicitNonce, body.subarray(0, EXPLICIT_NONCE_BYTES)]);
  const decipher = createDecipheriv(cipherName(keys), keys.key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData(record, plainBytes)).setAuthTag(body.subarray(body.length - TAG_BYTES));
  const plain = decipher.update(body.subarray(EXPLICIT_NONCE_BYTES, body.length - TAG_BYTES));
  try {
    decipher.final();
  } catch {
    // The library throws for a wrong tag, which a stranger may send at will.
    return undefined;
  }
  return { ...record, body: plain };
}
