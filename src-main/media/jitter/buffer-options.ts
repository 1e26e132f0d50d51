// What a jitter buffer is told when it is made, and what it hands out. RFC 3550 §6.4.1 (what it answers to).
import type { BufferedPacket } from './packet-ring.ts';

/**
 * What is to be played now. `packet` may come after silence that was not sent; `lost` covers `durationMs` and brings
 * the packet after it when that is there; `notYet`: nothing in time, conceal; `pause`: the peer is silent or the buffer
 * fills, play silence.
 */
export type Taken =
  | { readonly kind: 'packet'; readonly packet: BufferedPacket; readonly isAfterSilence: boolean }
  | { readonly kind: 'lost'; readonly next: BufferedPacket | undefined; readonly durationMs: number }
  | { readonly kind: 'notYet' }
  | { readonly kind: 'pause' };

/** How deep a buffer may be and how many packets it should wait for. */
export interface JitterSettings {
  /** Delay before anything is known of the network. */
  readonly initialMs: number;
  readonly minimumMs: number;
  readonly maximumMs: number;
  /** Share of the packets that should be in time, 95 to 99. */
  readonly percentile: number;
}

export interface JitterBufferOptions extends Partial<JitterSettings> {
  readonly clockRateHz: number;
  /** Whether this payload type is sound; after any other (comfort noise) emptiness is no loss. */
  readonly isSound?: (payloadType: number) => boolean;
  /** Whether the packet helps when the one before it is lost: it carries a copy of it, or shows where it led to. Then it is worth waiting for. */
  readonly mendsBefore?: (packet: BufferedPacket) => boolean;
}

export const DEFAULTS = {
  initialMs: 40,
  minimumMs: 10,
  maximumMs: 400,
  percentile: 97,
  isSound: (): boolean => true,
  mendsBefore: (): boolean => false,
};
