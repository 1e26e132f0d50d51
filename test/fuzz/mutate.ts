// Structure-aware damage to text: what separators, lengths and copies do to a parser.
import fc from 'fast-check';

const TOKENS = [
  '\r\n', '\r', '\n', '\0', ' ', '\t', ':', ';', ',', '=', '"', '<', '>', '@', '%', '%0', '%00', '[', ']', '\\', '/', '?',
  '&', 'SIP/2.0', 'sip:', 'tel:+', '999999999999999999999', '-1', '\u00ff', '\u{1f600}', '__proto__', 'a=rtpmap:', 'm=audio ',
  'Content-Length: ', 'Via: ', 'a=fmtp:0 ', '::', '(((', '"\\',
]; // prettier-ignore

interface Edit {
  readonly kind: 'cut' | 'insert' | 'repeat' | 'swap';
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

const edit = fc.record<Edit>({
  kind: fc.constantFrom('cut', 'insert', 'repeat', 'swap'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(40),
  text: fc.oneof(fc.constantFrom(...TOKENS), fc.string({ maxLength: 20 })),
});

function apply(text: string, { kind, at, length, text: added }: Edit): string {
  const start = Math.floor(at * text.length);
  const end = Math.min(text.length, start + length);
  const piece = text.slice(start, end);
  const before = text.slice(0, start);
  const after = text.slice(end);
  if (kind === 'cut') return before + after;
  if (kind === 'insert') return before + added + text.slice(start);
  if (kind === 'repeat') return before + piece.repeat(1 + (length % 50)) + after;
  return before + added + after;
}

/** Texts of `corpus` with up to six edits. */
export function mutated(corpus: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...corpus), fc.array(edit, { maxLength: 6 }))
    .map(([text, edits]) => edits.reduce(apply, text));
}

/**
 * Runs `parse`, and fails when one input takes too much of the processor. The clock on the wall counts what others do on a busy machine,
 * so it only says when to look closer: an input is slow that is slow three times.
 */
export function timed<T>(parse: () => T, limitMs = 50): T {
  const startMs = performance.now();
  const result = parse();
  if (performance.now() - startMs <= limitMs) return result;
  const tookMs = Math.min(...[1, 2, 3].map(() => processorMsOf(parse)));
  if (tookMs > limitMs) throw new Error(`took ${tookMs} ms of the processor`);
  return result;
}

/** The processor time of this process while `work` runs. */
export function processorMsOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
