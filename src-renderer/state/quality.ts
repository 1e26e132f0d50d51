// What the figures of a call mean, in words for people. ITU-T G.107, RFC 3611 §4.7
import type { CallQuality, CallView } from '../../src-shared/contract/index.ts';

const GOOD_MOS = 4;
const FAIR_MOS = 3.3;

export interface QualityFact {
  readonly name: string;
  readonly value: string;
}

export type LineGrade = 'good' | 'fair' | 'poor';

/** How the line is, in one word. */
export function lineGrade({ mos }: CallQuality): LineGrade {
  if (mos >= GOOD_MOS) return 'good';
  return mos >= FAIR_MOS ? 'fair' : 'poor';
}

const CODEC_NAMES: Readonly<Record<string, string>> = {
  opus: 'Opus',
  G722: 'G.722',
  PCMA: 'G.711 A-law',
  PCMU: 'G.711 µ-law',
  L16: 'Uncompressed',
};

const ms = (value: number): string => `${value.toFixed(0)} ms`;
const percent = (value: number): string => `${value.toFixed(value > 0 && value < 10 ? 1 : 0)} %`;
const seconds = (valueMs: number): string => `${(valueMs / 1000).toFixed(1)} s`;
const score = (mos: number): string => `${mos.toFixed(1)} of 5`;

/** Everything that is measured, best known first. */
export function qualityFacts(quality: CallQuality, { codec, sampleRateHz }: CallView['media']): readonly QualityFact[] {
  const { bursts, remote, roundTripMs } = quality;
  const rate = sampleRateHz === null ? '' : `, ${sampleRateHz / 1000} kHz`;
  const inBursts = bursts ? `, in bursts of ${ms(bursts.durationMs)}` : '';
  return [
    { name: 'Sound', value: codec === null ? 'not agreed yet' : `${CODEC_NAMES[codec] ?? codec}${rate}` },
    { name: 'Score', value: score(quality.mos) },
    { name: 'Lost on the way', value: `${percent(quality.lossPercent)}${inBursts}` },
    { name: 'Came too late', value: percent(quality.latePercent) },
    { name: 'There and back', value: roundTripMs === undefined ? 'not known yet' : ms(roundTripMs) },
    { name: 'Unevenness', value: ms(quality.jitterMs) },
    { name: 'Held back', value: `${ms(quality.bufferMs)}, ${ms(quality.bufferTargetMs)} wanted` },
    { name: 'Filled in', value: seconds(quality.concealedMs) },
    { name: 'Stretched and shortened', value: seconds(quality.stretchedMs) },
    { name: 'Other side hears you', value: remote ? heardBy(remote) : 'it does not tell' },
    ...(quality.path ? [{ name: 'Way of the sound', value: wayOf(quality.path) }] : []),
  ];
}

function heardBy({ mos, lossPercent }: NonNullable<CallQuality['remote']>): string {
  const lost = `${percent(lossPercent)} lost`;
  return mos === undefined ? lost : `${score(mos)}, ${lost}`;
}

function wayOf({ state, localKind, remoteKind }: NonNullable<CallQuality['path']>): string {
  if (state === 'failed') return 'none was found';
  if (localKind === undefined || remoteKind === undefined) return 'being looked for';
  const kinds = [localKind, remoteKind];
  if (kinds.includes('relay')) return 'by a relay';
  return kinds.every((kind) => kind === 'host') ? 'direct' : 'direct, through a router';
}
