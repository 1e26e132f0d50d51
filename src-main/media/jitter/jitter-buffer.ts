// Evens out the arrival of packets: everything in milliseconds, pulled by the playout. RFC 3550 §6.4.1 (what it answers to).
import { serialDifference16, serialDifference32 } from '../../base/serial-number.ts';
import { DEFAULTS, type JitterBufferOptions, type Taken } from './buffer-options.ts';
import { DelayEstimator } from './delay-estimator.ts';
import { LossMemory } from './loss-memory.ts';
import { MediaClock } from './media-clock.ts';
import { PacketDuration } from './packet-duration.ts';
import { PacketRing, SLOTS, type BufferedPacket } from './packet-ring.ts';

/** Jumps of the sequence beyond this are a new beginning. */
const MAX_JUMP = 100;
/** A timestamp that is so far from the arrival means that the sender's clock was set anew. */
const MAX_LEAP_MS = 1000;
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
  /** How often the sender began anew: a jump of the sequence or of the timestamp. */
  resyncs = 0;
  readonly #options: Required<JitterBufferOptions>;
  readonly #clock: MediaClock;
  readonly #ring = new PacketRing();
  readonly #duration: PacketDuration;
  readonly #delays: DelayEstimator;
  readonly #losses = new LossMemory();
  /** The line loses packets, and those that follow help to mend it. */
  #mendsLosses = false;
  #state: 'empty' | 'filling' | 'playing' = 'empty';
  #nextSequence = 0;
  #highestSequence = 0;
  /** Media time that the next packet should carry. */
  #nextTimestamp = 0;
  #dryMs = 0;
  #dryFromMs: number | undefined;
  /** The last packet in turn was a telephone event or comfort noise: emptiness is no loss. */
  #isSoundOver = false;

  constructor(options: JitterBufferOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#clock = new MediaClock(options.clockRateHz);
    this.#duration = new PacketDuration(this.#clock.ticksPerMs, MAX_LOSS_MS);
    this.#delays = new DelayEstimator(this.#options.percentile);
  }

  /** How long a packet that came as fast as the fastest should wait. */
  get targetMs(): number {
    const { initialMs, minimumMs, maximumMs } = this.#options;
    // WHY: until the spread is known, the initial depth is a guess on the safe side; half a packet absorbs the clock's grain.
    // RFC 6716 §2.1.7: what was lost may be in the packet after it, which has to be there in time.
    const wantedMs = this.#delays.spreadMs + this.packetMs * (this.#mendsLosses ? 1.5 : 0.5);
    const leastMs = this.#state === 'playing' ? minimumMs : initialMs;
    return Math.min(maximumMs, Math.max(leastMs, wantedMs));
  }

  /** Duration of the peer's packets as seen so far. */
  get packetMs(): number {
    return this.#duration.ticks / this.#clock.ticksPerMs;
  }

  /** Packets that wait. */
  get size(): number {
    return this.#ring.count;
  }

  /** Milliseconds of sound from the next packet to the newest. */
  get bufferedMs(): number {
    if (this.#ring.count === 0) return 0;
    return (serialDifference16(this.#highestSequence, this.#nextSequence) + 1) * this.packetMs;
  }

  /** How much longer than the target the packets wait now; negative when there is too little. */
  excessMs(nowMs: number): number {
    if (this.#state !== 'playing') return 0;
    return nowMs - this.#clock.mediaMs(this.#nextTimestamp) - this.#delays.fastestMs - this.targetMs;
  }

  /**
   * Stores a packet; late, double and senseless ones only move a counter. Where it is not known when a packet came,
   * `earliestMs` is the other end of the doubt, which is not taken for lateness.
   */
  put(packet: BufferedPacket, arrivalMs: number, earliestMs = arrivalMs): void {
    if (this.#state === 'empty') this.#begin(packet, arrivalMs);
    const ahead = serialDifference16(packet.sequence, this.#nextSequence);
    if (this.#isLeap(packet, ahead, arrivalMs)) {
      this.resyncs++;
      this.reset();
      this.#begin(packet, arrivalMs);
    } else if (ahead < 0) {
      this.#refuseOld(packet, arrivalMs, earliestMs);
      return;
    }
    this.#store(packet, arrivalMs, earliestMs);
  }

  /** Tells that `sequence` carried no sound (a telephone event): it is not lost. */
  skip(sequence: number, timestamp: number): void {
    if (this.#state === 'empty') return;
    const ahead = serialDifference16(sequence, this.#nextSequence);
    if (ahead < 0 || ahead >= MAX_JUMP || this.#ring.at(sequence)) return;
    this.#ring.put({ sequence, timestamp, payloadType: SKIPPED, payload: new Uint8Array(0) });
    if (serialDifference16(sequence, this.#highestSequence) > 0) this.#highestSequence = sequence;
  }

  /** The next thing to play at `nowMs`. */
  take(nowMs: number): Taken {
    this.#dropSkipped();
    if (this.#ring.count === 0) return this.#runDry(nowMs);
    if (this.#state === 'filling') {
      const first = this.#firstWaiting();
      if (!first || !this.#isDue(first, nowMs)) return PAUSE;
      // What is missing before it has been waited for.
      while (this.#nextSequence !== first.sequence) this.#advance(undefined);
    }
    this.#state = 'playing';
    const packet = this.#ring.at(this.#nextSequence);
    if (packet) return this.#takePresent(packet, nowMs);
    return this.#takeMissing(nowMs);
  }

  /** Forgets everything that waits; the next packet begins anew. */
  reset(): void {
    this.#ring.clear();
    this.#state = 'empty';
    this.#dryMs = 0;
    this.#dryFromMs = undefined;
    this.#isSoundOver = false;
    this.#delays.reset();
    this.#losses.clear();
    this.#mendsLosses = false;
  }

  #begin(packet: BufferedPacket, arrivalMs: number): void {
    this.#state = 'filling';
    this.#nextSequence = this.#highestSequence = packet.sequence;
    this.#nextTimestamp = packet.timestamp;
    this.#clock.begin(packet.timestamp, arrivalMs);
  }

  /** Silence that was not sent moves the timestamp and the arrival together; a new clock moves only one of them. */
  #isLeap(packet: BufferedPacket, ahead: number, arrivalMs: number): boolean {
    if (ahead >= MAX_JUMP || ahead < -MAX_JUMP) return true;
    const latenessMs = arrivalMs - this.#clock.mediaMs(packet.timestamp) - this.#delays.fastestMs;
    return ahead >= 0 && Math.abs(latenessMs) > MAX_LEAP_MS;
  }

  #store(packet: BufferedPacket, arrivalMs: number, earliestMs: number): void {
    if (this.#ring.hasSeen(packet.sequence)) {
      this.duplicatePackets++;
      return;
    }
    this.#ring.put(packet);
    if (this.#options.mendsBefore(packet)) this.#losses.addMending(arrivalMs);
    this.#mendsLosses = this.#losses.isMendable(arrivalMs);
    this.#learnDelay(packet, arrivalMs, earliestMs);
    const step = serialDifference16(packet.sequence, this.#highestSequence);
    if (step < 0) this.reorderedPackets++;
    if (step === 1) this.#learnDuration(packet);
    if (step > 0) this.#highestSequence = packet.sequence;
    this.#limitDepth();
  }

  #learnDelay({ timestamp }: BufferedPacket, arrivalMs: number, earliestMs: number): void {
    const mediaMs = this.#clock.mediaMs(timestamp);
    const believedMs = Math.max(earliestMs, Math.min(arrivalMs, mediaMs + this.#delays.fastestMs));
    this.#delays.add(believedMs - mediaMs, arrivalMs);
  }

  #learnDuration(packet: BufferedPacket): void {
    const before = this.#ring.at(this.#highestSequence);
    const isSound = before !== undefined && before.payloadType !== SKIPPED && this.#isSound(before);
    if (isSound) this.#duration.learn(serialDifference32(packet.timestamp, before.timestamp));
  }

  #isSound(packet: BufferedPacket): boolean {
    return this.#options.isSound(packet.payloadType);
  }

  /** A packet from before the playout's position: too late, or the beginning that was overtaken on the way. */
  #refuseOld(packet: BufferedPacket, arrivalMs: number, earliestMs: number): void {
    if (this.#ring.hasSeen(packet.sequence)) {
      this.duplicatePackets++;
      return;
    }
    if (this.#state === 'filling' && this.#dryFromMs === undefined) {
      this.#nextSequence = packet.sequence;
      this.#nextTimestamp = packet.timestamp;
      this.#store(packet, arrivalMs, earliestMs);
      return;
    }
    this.latePackets++;
    this.#losses.takeBack();
    // A late packet still tells how deep the buffer would have to be.
    this.#learnDelay(packet, arrivalMs, earliestMs);
  }

  /** More than the limit is thrown away from the old end: memory and delay stay bounded. */
  #limitDepth(): void {
    while (this.bufferedMs > this.#options.maximumMs + 2 * this.packetMs && this.#ring.count > 1) {
      const dropped = this.#ring.at(this.#nextSequence);
      if (dropped) this.#remove(dropped);
      else this.#advance(undefined);
    }
  }

  #firstWaiting(): BufferedPacket | undefined {
    let packet: BufferedPacket | undefined;
    for (let i = 0; !packet && i < SLOTS; i++) packet = this.#ring.at(this.#nextSequence + i);
    return packet;
  }

  #isDue(packet: BufferedPacket, nowMs: number): boolean {
    return nowMs >= this.#clock.mediaMs(packet.timestamp) + this.#delays.fastestMs + this.targetMs;
  }

  #takePresent(packet: BufferedPacket, nowMs: number): Taken {
    const gapMs = serialDifference32(packet.timestamp, this.#nextTimestamp) / this.#clock.ticksPerMs;
    // RFC 3551 §4.1: a jump of the timestamp alone is silence that was not sent; it ends when its time has come.
    if (gapMs > this.#dryMs + this.packetMs / 2 && !this.#isDue(packet, nowMs)) return PAUSE;
    this.#remove(packet);
    return { kind: 'packet', packet, isAfterSilence: gapMs > this.packetMs / 2 };
  }

  /** The next packet is missing but a later one is there: what concealment has covered already is not lost again. */
  #takeMissing(nowMs: number): Taken {
    const packetMs = this.packetMs;
    // Ahead of the target a packet that was overtaken may still come: the delay that is missing is made now.
    if (this.#dryMs < packetMs && this.excessMs(nowMs) < -packetMs / 2 && !this.#isMended()) {
      this.#dryMs += packetMs;
      return NOT_YET;
    }
    const next = this.#firstWaiting();
    if (!next) return PAUSE;
    const steps = serialDifference16(next.sequence, this.#nextSequence);
    const coveredPackets = Math.min(steps, Math.round(this.#dryMs / packetMs));
    const lostMs = (steps - coveredPackets) * packetMs;
    this.#losses.addLoss(nowMs);
    if (lostMs <= 0 || lostMs > MAX_LOSS_MS) {
      for (let i = 0; i < steps; i++) this.#advance(undefined);
      return this.#takePresent(next, Infinity);
    }
    for (let i = 0; i <= coveredPackets; i++) this.#advance(undefined);
    this.#dryMs = 0;
    return { kind: 'lost', next: steps - coveredPackets === 1 ? next : undefined, durationMs: packetMs };
  }

  /** The packet after the missing one is there, and helps. */
  #isMended(): boolean {
    const after = this.#ring.at(this.#nextSequence + 1);
    return this.#mendsLosses && after !== undefined && this.#options.mendsBefore(after);
  }

  #runDry(nowMs: number): Taken {
    if (this.#state !== 'playing' || this.#isSoundOver) return PAUSE;
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
      const packet = this.#ring.at(this.#nextSequence);
      if (packet?.payloadType !== SKIPPED) return;
      this.#isSoundOver = true;
      this.#ring.remove(packet);
      this.#nextSequence = (this.#nextSequence + 1) & 0xffff;
    }
  }

  #remove(packet: BufferedPacket): void {
    this.#ring.remove(packet);
    this.#dryMs = 0;
    this.#dryFromMs = undefined;
    this.#isSoundOver = !this.#isSound(packet);
    this.#advance(packet);
  }

  #advance(packet: BufferedPacket | undefined): void {
    this.#nextTimestamp = ((packet?.timestamp ?? this.#nextTimestamp) + this.#duration.ticks) >>> 0;
    this.#nextSequence = (this.#nextSequence + 1) & 0xffff;
  }
}
