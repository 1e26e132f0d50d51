// The numbers of the test line: what each of them does, and how a newcomer is told.
import type { SendSource } from '../../media/index.ts';

export type TestBehaviour =
  | { readonly kind: 'answer'; readonly source: SendSource; readonly lossFraction?: number; readonly afterMs?: number }
  | { readonly kind: 'earlyMedia'; readonly forMs: number }
  | { readonly kind: 'refuse'; readonly statusCode: number }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'callBack'; readonly afterMs: number };

export interface TestNumber {
  readonly number: string;
  readonly description: string;
  readonly behaviour: TestBehaviour;
}

const MUSIC: SendSource = { kind: 'tone', tone: 'music' };

export const TEST_NUMBERS: readonly TestNumber[] = [
  { number: 'echo', description: 'Hear yourself', behaviour: { kind: 'answer', source: { kind: 'echo' } } },
  { number: 'music', description: 'Hear a tune', behaviour: { kind: 'answer', source: MUSIC } },
  { number: 'call-me-back', description: 'It rings you in a moment', behaviour: { kind: 'callBack', afterMs: 2000 } },
  {
    number: 'milliwatt',
    description: 'A steady tone of 1004 Hz',
    behaviour: { kind: 'answer', source: { kind: 'tone', tone: 'milliwatt' } },
  },
  {
    number: 'lossy',
    description: 'A bad network: a tenth is lost',
    behaviour: { kind: 'answer', source: MUSIC, lossFraction: 0.1 },
  },
  {
    number: 'slow-answer',
    description: 'Rings for five seconds',
    behaviour: { kind: 'answer', source: MUSIC, afterMs: 5000 },
  },
  { number: 'early-media', description: 'Sound before the answer', behaviour: { kind: 'earlyMedia', forMs: 3000 } },
  { number: 'busy', description: 'Is busy', behaviour: { kind: 'refuse', statusCode: 486 } },
  { number: 'decline', description: 'Declines the call', behaviour: { kind: 'refuse', statusCode: 603 } },
  { number: 'redirect', description: 'Sends you on to music', behaviour: { kind: 'redirect', to: 'music' } },
];
