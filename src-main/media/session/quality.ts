// Listening quality from loss and delay. ITU-T G.107 (E-model), G.113 Appendix I (codec figures).
import type { CodecName } from './session-config.ts';

/** Equipment impairment without loss, and robustness against loss, of each codec with our concealment. */
const CODECS: Readonly<Record<CodecName, { readonly impairment: number; readonly robustness: number }>> = {
  PCMU: { impairment: 0, robustness: 25.1 },
  PCMA: { impairment: 0, robustness: 25.1 },
  L16: { impairment: 0, robustness: 25.1 },
  G722: { impairment: 0, robustness: 25.1 },
  opus: { impairment: 0, robustness: 40 },
};

/** What is left of 100 by noise and sidetone that nobody measures. */
const BEST_RATING = 93.2;

export interface QualityInput {
  readonly codec: CodecName;
  /** Share of the sound that was lost or invented, 0 to 1. */
  readonly lossFraction: number;
  /** How much longer losses last than they would by chance; 1 is chance. ITU-T G.107 §7.2 */
  readonly burstRatio?: number;
  /** One-way delay from mouth to ear. */
  readonly delayMs: number;
}

export interface Quality {
  /** R, 0 to 100. */
  readonly rating: number;
  /** Mean opinion scores from 1 to 4.5: of who listens, and of who talks as well and is bothered by delay. */
  readonly mosListening: number;
  readonly mosConversational: number;
}

export function estimateQuality({ codec, lossFraction, burstRatio = 1, delayMs }: QualityInput): Quality {
  const { impairment, robustness } = CODECS[codec];
  const lossPercent = Math.max(0, Math.min(1, lossFraction)) * 100;
  const equipment =
    impairment + (95 - impairment) * (lossPercent / (lossPercent / Math.max(1, burstRatio) + robustness));
  const delay = 0.024 * delayMs + (delayMs > 177.3 ? 0.11 * (delayMs - 177.3) : 0);
  const rating = bounded(BEST_RATING - delay - equipment);
  return {
    rating,
    mosListening: scoreOf(bounded(BEST_RATING - equipment)),
    mosConversational: scoreOf(rating),
  };
}

const bounded = (rating: number): number => Math.max(0, Math.min(100, rating));

/** ITU-T G.107 annex B */
function scoreOf(rating: number): number {
  const mos = 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6;
  return Math.max(1, Math.min(4.5, mos));
}
