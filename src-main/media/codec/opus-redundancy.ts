// Whether an Opus packet carries the one before it once more: the LBRR flag of its first frame. RFC 6716 §3.2, §4.2.3, §4.2.4.

/** Configurations from here on are CELT alone, which has no redundancy. RFC 6716 §3.1 */
const FIRST_CELT = 16;
const FIRST_HYBRID = 12;
/** SILK frames of 20 ms in an Opus frame of 10, 20, 40 and 60 ms. */
const SILK_FRAMES = [1, 1, 2, 3];

/** False for a packet that is damaged, too. */
export function carriesRedundancy(payload: Uint8Array): boolean {
  const toc = payload[0] ?? 0xff;
  const config = toc >> 3;
  if (config >= FIRST_CELT) return false;
  const first = payload[firstFrameAt(payload, toc & 3)];
  if (first === undefined) return false;
  const frames = config < FIRST_HYBRID ? (SILK_FRAMES[config & 3] ?? 1) : 1;
  // RFC 6716 §4.2.3: one bit of speech activity for each SILK frame, then the LBRR flag; the second channel's bits follow.
  const middle = (first >> (7 - frames)) & 1;
  const isStereo = (toc & 4) !== 0;
  const side = isStereo ? (first >> (6 - 2 * frames)) & 1 : 0;
  return middle === 1 || side === 1;
}

/** Where the first frame begins. RFC 6716 §3.2.2 to §3.2.5 */
function firstFrameAt(payload: Uint8Array, code: number): number {
  if (code < 2) return 1;
  if (code === 2) return 1 + lengthBytes(payload[1]);
  const count = (payload[1] ?? 0) & 0x3f;
  let at = 2;
  if (((payload[1] ?? 0) & 0x40) !== 0) {
    // RFC 6716 §3.2.5: 255 says that another byte of padding length follows.
    while (payload[at] === 255) at++;
    at++;
  }
  const isVariable = ((payload[1] ?? 0) & 0x80) !== 0;
  for (let i = 1; isVariable && i < count; i++) at += lengthBytes(payload[at]);
  return at;
}

/** RFC 6716 §3.2.1: from 252 on a second byte is a part of the length. */
const lengthBytes = (first: number | undefined): number => (first !== undefined && first >= 252 ? 2 : 1);
