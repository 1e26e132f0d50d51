// Listening quality from loss and delay. ITU-T G.107 (E-model), G.113 Appendix I (codec figures).
import type { CodecName } from './media-engine.ts';

/** Equipment impairment without loss, and robustness against loss, of each codec with our concealment. */
const CODECS: Readonly<Record<CodecName, { readonly impairment: number; readonly robustness: number }>> = {
  PCMU: { impairment: 0, robustness: 25.1 },
  PCMA: { impairment: 0, robustness: 25.1 },
  L16: { impairment: 0, robustness: 25.1 },
  G722: { impairment: 0, robustness: 25.1 },
  opus: { impairment: 0, robustness: 40 },
};

export interface QualityInput {
  readonly codec: CodecName;
  /** Share of the sound that was lost or invented, 0 to 1. */
  readonly lossFraction: number;
  /** One-way delay from mouth to ear. */
  readonly delayMs: number;
}

/** Mean opinion score from 1 to 4.5. */
export function estimateMos({ codec, lossFraction, delayMs }: QualityInput): number {
  const { impairment, robustness } = CODECS[codec];
  const lossPercent = Math.max(0, Math.min(1, lossFraction)) * 100;
  const equipment = impairment + (95 - impairment) * (lossPercent / (lossPercent + robustness));
  const delay = 0.024 * delayMs + (delayMs > 177.3 ? 0.11 * (delayMs - 177.3) : 0);
  const rating = Math.max(0, Math.min(100, 93.2 - delay - equipment));
  const mos = 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6;
  return Math.max(1, Math.min(4.5, mos));
}
