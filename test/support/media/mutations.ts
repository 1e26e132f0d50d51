// Inputs for parsers: valid ones with a few bytes changed, cut, repeated or joined, and plain noise.
import fc from 'fast-check';

const edit = fc.record({
  kind: fc.constantFrom('set' as const, 'cut' as const, 'insert' as const, 'drop' as const),
  at: fc.nat(),
  value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.integer({ min: 0, max: 255 })),
});

/** Bytes near `corpus`; one in eight is noise. */
export function mutations(corpus: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const mutated = fc
    .tuple(fc.constantFrom(...corpus), fc.constantFrom(...corpus), fc.boolean(), fc.array(edit, { maxLength: 6 }))
    .map(([first, second, isJoined, edits]) => {
      const bytes = [...first, ...(isJoined ? second : [])];
      for (const { kind, at, value } of edits) {
        const place = bytes.length === 0 ? 0 : at % bytes.length;
        if (kind === 'set') bytes[place] = value;
        else if (kind === 'cut') bytes.length = place;
        else if (kind === 'insert') bytes.splice(place, 0, value);
        else bytes.splice(place, 1);
      }
      return Uint8Array.from(bytes);
    });
  return fc.oneof({ weight: 7, arbitrary: mutated }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) });
}
