// The record layer's frame: what a datagram carries, one record after the other. RFC 6347 §4.1.
import { ByteReader } from '../../base/byte-reader.ts';
import { uintBytes, vectorBytes } from '../../base/byte-writer.ts';

export const CONTENT_TYPES = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

export interface DtlsRecord {
  readonly type: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly body: Uint8Array;
}

/** RFC 6347 §4.1: DTLS 1.2, written as the ones' complement of 1.2. */
export const DTLS_1_2 = 0xfefd;
/** RFC 6347 §4.1: the most that a record may hold, with what its protection adds. RFC 5246 §6.2.3 */
const MAX_BODY_BYTES = 16_384 + 2048;
const DTLS_MAJOR = 0xfe;

/** RFC 6347 §4.1.2.7: what is malformed is passed over, with all that comes after it in the datagram. */
export function readRecords(datagram: Uint8Array): readonly DtlsRecord[] {
  const records: DtlsRecord[] = [];
  const reader = new ByteReader(datagram);
  while (reader.remaining > 0) {
    const type = reader.uint(1);
    const major = reader.uint(2) >> 8;
    const epoch = reader.uint(2);
    const sequence = reader.uint(6);
    const body = reader.vector(2);
    if (reader.isBroken || major !== DTLS_MAJOR || body.length > MAX_BODY_BYTES) break;
    records.push({ type, epoch, sequence, body });
  }
  return records;
}

export function formatRecord({ type, epoch, sequence, body }: DtlsRecord): Buffer {
  return Buffer.concat([recordStart(type, epoch, sequence), vectorBytes(2, body)]);
}

const recordStart = (type: number, epoch: number, sequence: number): Buffer =>
  Buffer.concat([uintBytes(type, 1), uintBytes(DTLS_1_2, 2), uintBytes(epoch, 2), uintBytes(sequence, 6)]);

/** RFC 5246 §6.2.3.3, RFC 6347 §4.1.2.1: what is authenticated beside the body: epoch and number, type, version, plain length. */
export const associatedData = ({ type, epoch, sequence }: DtlsRecord, plainBytes: number): Buffer =>
  Buffer.concat([
    uintBytes(epoch, 2),
    uintBytes(sequence, 6),
    uintBytes(type, 1),
    uintBytes(DTLS_1_2, 2),
    uintBytes(plainBytes, 2),
  ]);
