// Numbers and vectors as bytes, in the form that protocols of the network have.

/** A number of 1 to 6 bytes, the highest first. */
export function uintBytes(value: number, sizeBytes: 1 | 2 | 3 | 4 | 6): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  bytes.writeUIntBE(value, 0, sizeBytes);
  return bytes;
}

/** Bytes behind their length in 1, 2 or 3 bytes. */
export function vectorBytes(lengthBytes: 1 | 2 | 3, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([uintBytes(body.length, lengthBytes), body]);
}
