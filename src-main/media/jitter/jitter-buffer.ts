// Evens out the arrival of packets: everything in milliseconds, pulled by the playout. RFC 3550 §6.4.1 (what it answers to).
import { serialDifference16, serialDifference32 } from '../../base/serial-number.ts';
import { DelayEstimator } from './delay-estimator.ts';

export interface BufferedPacket {
  readonly sequence: number;
  readonly timestamp: number;
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

/**
 * What is to be played now. `lost` covers `durationMs` and brings the packet after it when that is there;
 * `notYet`: nothing in time, conceal; `pause`: the peer is silent or the buffer fills, play silence.
 */
export type Taken =
  | { readonly kind: 'packet'; readonly packet: BufferedPacket }
  | { readonly kind: 'lost'; readonly next: BufferedPacket | undefined; readonly durationMs: number }
  | { readonly kind: 'notYet' }
  | { readonly kind: 'pause' };

export interface JitterBufferOptions {
  readonly clockRateHz: number;
  /** Delay before anything is known of the network. */
  readonly initialMs?: number;
  readonly minimumMs?: number;
  readonly maximumMs?: number;
}

/** Places of the ring; a power of two, more than any depth needs. */
const SLOTS = 256;
/** Jumps beyond this are a new beginning. */
const MAX_JUMP = 100;
/** After so much emptiness the stream counts as paused and the buffer fills again. */
const PAUSE_MS = 100;
/** Longest loss that is announced; more is a gap to jump over. */
const MAX_LOSS_MS = 120;

/** Marks the place of a packet that carried no sound. */
const SKIPPED = -1;

const NOT_YET: Taken = { kind: 'notYet' };
const PAUSE: Taken = { kind: 'pause' };

/** One stream's buffer. `put` on arrival, `take` whenever the playout needs the next packet. */
export class JitterBuffer {
  latePackets = 0;
  duplicatePackets = 0;
  reorderedPackets = 0;
  readonly #options: Required<JitterBufferOptions>;
  readonly #ticksPerMs: number;
  readonly #slots: (BufferedPacket | undefined)[] = new Array<BufferedPacket | undefined>(SLOTS).fill(undefined);
  readonly #delays = new DelayEstimator();
  #count = 0;
  #state: 'empty' | 'filling' | 'playing' = 'empty';
  #nextSequence = 0;
  #highestSequence = 0;
  /** Media time that the next packet should carry. */
  #nextTimestamp = 0;
  #packetTicks: number;
  #originTimestamp = 0;
  #originMs = 0;
  #dryMs = 0;
  #dryFromMs: number | undefined;
  /** The last packet in turn was a telephone event: emptiness is no loss. */
  #isInEvent = false;

  constructor(options: JitterBufferOptions) {
    this.#options = { initialMs: 40, minimumMs: 20, maximumMs: 400, ...options };
    this.#ticksPerMs = options.clockRateHz / 1000;
    this.#packetTicks = 20 * this.#ticksPerMs;
  }

  /** How long a packet that came as fast as the fastest should wait. */
  get targetMs(): number {
    const { initialMs, minimumMs, maximumMs } = this.#options;
    // WHY: until the spread is known, the initial depth is a guess on the safe side; half a packet absorbs the clock's grain.
    const wantedMs = this.#delays.spreadMs + this.packetMs / 2;
    const leastMs = this.#state === 'playing' ? minimumMs : initialMs;
    return Math.min(maximumMs, Math.max(leastMs, wantedMs));
  }

  /** Duration of the peer's packets as seen so far. */
  get packetMs(): number {
    return this.#packetTicks / this.#ticksPerMs;
  }

  /** Packets that wait. */
  get size(): number {
    return this.#count;
  }

  /** Milliseconds of sound from the next packet to the newest. */
  get bufferedMs(): number {
    return this.#count === 0 ? 0 : (serialDifference16(this.#highestSequence, this.#nextSequence) + 1) * this.packetMs;
  }

  /** How much longer than the target the packets wait now; negative when there is too little. */
  excessMs(nowMs: number): number {
    if (this.#state !== 'playing') return 0;
    return nowMs - this.#mediaMs(this.#nextTimestamp) - this.#delays.fastestMs - this.targetMs;
  }

  /** Stores a packet; late, double and senseless ones only move a counter. */
  put(packet: BufferedPacket, arrivalMs: number): void {
    if (this.#state === 'empty') this.#begin(packet, arrivalMs);
    const ahead = serialDifference16(packet.sequence, this.#nextSequence);
    const mediaJumpMs = Math.abs(serialDifference32(packet.timestamp, this.#nextTimestamp)) / this.#ticksPerMs;
    if (ahead >= MAX_JUMP || ahead < -MAX_JUMP || mediaJumpMs > 60_000) {
      this.reset();
      this.#begin(packet, arrivalMs);
      this.#store(packet, arrivalMs);
      return;
    }
    if (ahead < 0) {
      this.#refuseOld(packet, arrivalMs);
      return;
    }
    this.#store(packet, arrivalMs);
  }

  /** Tells that `sequence` carried no sound (a telephone event): it is not lost. */
  skip(sequence: number, timestamp: number): void {
    if (this.#state === 'empty') return;
    const ahead = serialDifference16(sequence, this.#nextSequence);
    if (ahead < 0 || ahead >= MAX_JUMP || this.#slots[sequence % SLOTS]) return;
    this.#slots[sequence % SLOTS] = { sequence, timestamp, payloadType: SKIPPED, payload: new Uint8Array(0) };
    this.#count++;
    if (serialDifference16(sequence, this.#highestSequence) > 0) this.#highestSequence = sequence;
  }

  /** The next thing to play at `nowMs`. */
  take(nowMs: number): Taken {
    this.#dropSkipped();
    if (this.#count === 0) return this.#runDry(nowMs);
    const packet = this.#slots[this.#nextSequence % SLOTS];
    if (this.#state === 'filling' && !this.#isDue(packet, nowMs)) return PAUSE;
    this.#state = 'playing';
    if (packet) return this.#takePresent(packet, nowMs);
    return this.#takeMissing();
  }

  /** Forgets everything that waits; the next packet begins anew. */
  reset(): void {
    this.#slots.fill(undefined);
    this.#count = 0;
    this.#state = 'empty';
    this.#dryMs = 0;
    this.#dryFromMs = undefined;
    this.#isInEvent = false;
    this.#delays.reset();
  }

  #begin(packet: BufferedPacket, arrivalMs: number): void {
    this.#state = 'filling';
    this.#nextSequence = this.#highestSequence = packet.sequence;
    this.#nextTimestamp = this.#originTimestamp = packet.timestamp;
    this.#originMs = arrivalMs;
  }

  #store(packet: BufferedPacket, arrivalMs: number): void {
    const slot = packet.sequence % SLOTS;
    if (this.#slots[slot]) {
      this.duplicatePackets++;
      return;
    }
    this.#slots[slot] = packet;
    this.#count++;
    this.#delays.add(arrivalMs - this.#mediaMs(packet.timestamp));
    const step = serialDifference16(packet.sequence, this.#highestSequence);
    if (step < 0) this.reorderedPackets++;
    if (step === 1) this.#learnPacketTicks(packet);
    if (step > 0) this.#highestSequence = packet.sequence;
    this.#limitDepth();
  }

  #learnPacketTicks(packet: BufferedPacket): void {
    const before = this.#slots[this.#highestSequence % SLOTS];
    const isSound = before !== undefined && before.payloadType !== SKIPPED;
    const ticks = isSound ? serialDifference32(packet.timestamp, before.timestamp) : 0;
    if (ticks > 0 && ticks <= MAX_LOSS_MS * this.#ticksPerMs) this.#packetTicks = ticks;
  }

  /** A packet from before the playout's position: too late, or the beginning that was overtaken on the way. */
  #refuseOld(packet: BufferedPacket, arrivalMs: number): void {
    if (this.#state === 'filling') {
      this.#nextSequence = packet.sequence;
      this.#nextTimestamp = packet.timestamp;
      this.#store(packet, arrivalMs);
      return;
    }
    this.latePackets++;
    // A late packet still tells how deep the buffer would have to be.
    this.#delays.add(arrivalMs - this.#mediaMs(packet.timestamp));
  }

  /** More than the limit is thrown away from the old end: memory and delay stay bounded. */
  #limitDepth(): void {
    while (this.bufferedMs > this.#options.maximumMs + 2 * this.packetMs && this.#count > 1) {
      const dropped = this.#slots[this.#nextSequence % SLOTS];
      if (dropped) this.#remove(dropped);
      else this.#advance(undefined);
    }
  }

  #isDue(packet: BufferedPacket | undefined, nowMs: number): boolean {
    if (!packet) return true;
    return nowMs >= this.#mediaMs(packet.timestamp) + this.#delays.fastestMs + this.targetMs;
  }

  #takePresent(packet: BufferedPacket, nowMs: number): Taken {
    const gapMs = serialDifference32(packet.timestamp, this.#nextTimestamp) / this.#ticksPerMs;
    // RFC 3551 §4.1: a jump of the timestamp alone is silence that was not sent; it ends when its time has come.
    if (gapMs > this.#dryMs + this.packetMs / 2 && !this.#isDue(packet, nowMs)) return PAUSE;
    this.#remove(packet);
    return { kind: 'packet', packet };
  }

  /** The next packet is missing but a later one is there: what concealment has covered already is not lost again. */
  #takeMissing(): Taken {
    let next: BufferedPacket | undefined;
    let steps = 0;
    while (!next && steps < SLOTS) next = this.#slots[(this.#nextSequence + ++steps) % SLOTS];
    if (!next) return PAUSE;
    const coveredPackets = Math.min(steps, Math.round(this.#dryMs / this.packetMs));
    const lostMs = (steps - coveredPackets) * this.packetMs;
    if (lostMs <= 0 || lostMs > MAX_LOSS_MS) {
      for (let i = 0; i < steps; i++) this.#advance(undefined);
      return this.#takePresent(next, Infinity);
    }
    for (let i = 0; i <= coveredPackets; i++) this.#advance(undefined);
    this.#dryMs = 0;
    return { kind: 'lost', next: steps - coveredPackets === 1 ? next : undefined, durationMs: this.packetMs };
  }

  #runDry(nowMs: number): Taken {
    if (this.#state !== 'playing' || this.#isInEvent) return PAUSE;
    this.#dryFromMs ??= nowMs;
    const packetMs = this.packetMs;
    if (nowMs - this.#dryFromMs >= PAUSE_MS) {
      this.#state = 'filling';
      return PAUSE;
    }
    this.#dryMs += packetMs;
    return NOT_YET;
  }

  #dropSkipped(): void {
    for (;;) {
      const slot = this.#slots[this.#nextSequence % SLOTS];
      if (slot?.payloadType !== SKIPPED) return;
      this.#isInEvent = true;
      this.#slots[this.#nextSequence % SLOTS] = undefined;
      this.#count--;
      this.#nextSequence = (this.#nextSequence + 1) & 0xffff;
    }
  }

  #remove(packet: BufferedPacket): void {
    this.#slots[packet.sequence % SLOTS] = undefined;
    this.#count--;
    this.#dryMs = 0;
    this.#dryFromMs = undefined;
    this.#isInEvent = false;
    this.#advance(packet);
  }

  #advance(packet: BufferedPacket | undefined): void {
    this.#nextTimestamp = ((packet?.timestamp ?? this.#nextTimestamp) + this.#packetTicks) >>> 0;
    this.#nextSequence = (this.#nextSequence + 1) & 0xffff;
  }

  /** Media time of a timestamp in milliseconds, from the first packet's arrival. */
  #mediaMs(timestamp: number): number {
    return this.#originMs + serialDifference32(timestamp, this.#originTimestamp) / this.#ticksPerMs;
  }
}
