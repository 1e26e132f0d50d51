// Evens out the arrival of packets: everything in milliseconds, pulled by the playout. RFC 3550 §6.4.1 (what it answers to).
import { serialDifference16, serialDifference32 } from '../../base/serial-number.ts';
import { ArrivalMemory } from './arrival-memory.ts';
import { DEFAULTS, type JitterBufferOptions, type Taken } from './buffer-options.ts';
import { PacketRing, SKIPPED, type BufferedPacket } from './packet-ring.ts';
import { PlayPosition } from './play-position.ts';

/** Jumps of the sequence beyond this are a new beginning. */
const MAX_JUMP = 100;
/** A timestamp that is so far from the arrival means that the sender's clock was set anew. */
const MAX_LEAP_MS = 1000;
/** Longest loss that is announced; more is a gap to jump over. */
const MAX_LOSS_MS = 120;

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
  readonly #ring = new PacketRing();
  readonly #arrivals: ArrivalMemory;
  #state: 'empty' | 'filling' | 'playing' = 'empty';
  readonly #next = new PlayPosition();
  #highestSequence = 0;
  /** The last packet in turn was a telephone event or comfort noise: emptiness is no loss. */
  #isSoundOver = false;

  constructor(options: JitterBufferOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#arrivals = new ArrivalMemory(options.clockRateHz, this.#options, MAX_LOSS_MS);
  }

  /** How long a packet that came as fast as the fastest should wait. */
  get targetMs(): number {
    return this.#arrivals.targetMs(this.#state === 'playing');
  }

  /** Duration of the peer's packets as seen so far. */
  get packetMs(): number {
    return this.#arrivals.packetTicks / this.#arrivals.ticksPerMs;
  }

  /** Packets that wait. */
  get size(): number {
    return this.#ring.count;
  }

  /** Milliseconds of sound from the next packet to the newest. */
  get bufferedMs(): number {
    if (this.#ring.count === 0) return 0;
    return (this.#next.stepsTo(this.#highestSequence) + 1) * this.packetMs;
  }

  /** How much longer than the target the packets wait now; negative when there is too little. */
  excessMs(nowMs: number): number {
    if (this.#state !== 'playing') return 0;
    return nowMs - this.#arrivals.earliestMs(this.#next.timestamp) - this.targetMs;
  }

  /**
   * Stores a packet; late, double and senseless ones only move a counter. Where it is not known when a packet came,
   * `earliestMs` is the other end of the doubt, which is not taken for lateness.
   */
  put(packet: BufferedPacket, arrivalMs: number, earliestMs = arrivalMs): void {
    if (this.#state === 'empty') this.#begin(packet, arrivalMs);
    const ahead = this.#next.stepsTo(packet.sequence);
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
    const ahead = this.#next.stepsTo(sequence);
    if (ahead < 0 || ahead >= MAX_JUMP || this.#ring.at(sequence)) return;
    this.#ring.put({ sequence, timestamp, payloadType: SKIPPED, payload: new Uint8Array(0) });
    if (serialDifference16(sequence, this.#highestSequence) > 0) this.#highestSequence = sequence;
  }

  /** The next thing to play at `nowMs`. */
  take(nowMs: number): Taken {
    this.#dropSkipped();
    if (this.#ring.count === 0) return this.#runDry(nowMs);
    if (this.#state === 'filling') {
      const first = this.#ring.firstFrom(this.#next.sequence);
      if (!first || !this.#isDue(first, nowMs)) return PAUSE;
      // What is missing before it has been waited for.
      while (this.#next.sequence !== first.sequence) this.#next.advance(this.#arrivals.packetTicks);
    }
    this.#state = 'playing';
    const packet = this.#ring.at(this.#next.sequence);
    if (packet) return this.#takePresent(packet, nowMs);
    return this.#takeMissing(nowMs);
  }

  /** Forgets everything that waits; the next packet begins anew. */
  reset(): void {
    this.#ring.clear();
    this.#state = 'empty';
    this.#next.endDryness();
    this.#isSoundOver = false;
    this.#arrivals.clear();
  }

  #begin(packet: BufferedPacket, arrivalMs: number): void {
    this.#state = 'filling';
    this.#highestSequence = packet.sequence;
    this.#next.moveTo(packet);
    this.#arrivals.begin(packet, arrivalMs);
  }

  /** Silence that was not sent moves the timestamp and the arrival together; a new clock moves only one of them. */
  #isLeap(packet: BufferedPacket, ahead: number, arrivalMs: number): boolean {
    if (ahead >= MAX_JUMP || ahead < -MAX_JUMP) return true;
    return ahead >= 0 && Math.abs(arrivalMs - this.#arrivals.earliestMs(packet.timestamp)) > MAX_LEAP_MS;
  }

  #store(packet: BufferedPacket, arrivalMs: number, earliestMs: number): void {
    if (this.#ring.hasSeen(packet.sequence)) {
      this.duplicatePackets++;
      return;
    }
    this.#ring.put(packet);
    this.#arrivals.addMending(this.#options.mendsBefore(packet), arrivalMs);
    this.#arrivals.addArrival(packet, arrivalMs, earliestMs);
    const step = serialDifference16(packet.sequence, this.#highestSequence);
    if (step < 0) this.reorderedPackets++;
    if (step === 1) this.#learnDuration(packet);
    if (step > 0) this.#highestSequence = packet.sequence;
    this.#limitDepth();
  }

  #learnDuration(packet: BufferedPacket): void {
    const before = this.#ring.at(this.#highestSequence);
    const isSound = before !== undefined && before.payloadType !== SKIPPED && this.#isSound(before);
    if (isSound) this.#arrivals.addStep(serialDifference32(packet.timestamp, before.timestamp));
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
    if (this.#state === 'filling' && !this.#next.isDry) {
      this.#next.moveTo(packet);
      this.#store(packet, arrivalMs, earliestMs);
      return;
    }
    this.latePackets++;
    this.#arrivals.takeBackLoss();
    // A late packet still tells how deep the buffer would have to be.
    this.#arrivals.addArrival(packet, arrivalMs, earliestMs);
  }

  /** More than the limit is thrown away from the old end: memory and delay stay bounded. */
  #limitDepth(): void {
    while (this.bufferedMs > this.#options.maximumMs + 2 * this.packetMs && this.#ring.count > 1) {
      const dropped = this.#ring.at(this.#next.sequence);
      if (dropped) this.#remove(dropped);
      else this.#next.advance(this.#arrivals.packetTicks);
    }
  }

  #isDue(packet: BufferedPacket, nowMs: number): boolean {
    return nowMs >= this.#arrivals.earliestMs(packet.timestamp) + this.targetMs;
  }

  #takePresent(packet: BufferedPacket, nowMs: number): Taken {
    const gapMs = this.#next.ticksTo(packet.timestamp) / this.#arrivals.ticksPerMs;
    // RFC 3551 §4.1: a jump of the timestamp alone is silence that was not sent; it ends when its time has come.
    if (gapMs > this.#next.dryMs + this.packetMs / 2 && !this.#isDue(packet, nowMs)) return PAUSE;
    this.#remove(packet);
    return { kind: 'packet', packet, isAfterSilence: gapMs > this.packetMs / 2 };
  }

  /** The next packet is missing but a later one is there: what concealment has covered already is not lost again. */
  #takeMissing(nowMs: number): Taken {
    const packetMs = this.packetMs;
    // Ahead of the target a packet that was overtaken may still come: the delay that is missing is made now.
    if (this.#next.dryMs < packetMs && this.excessMs(nowMs) < -packetMs / 2 && !this.#isMended()) {
      this.#next.dryMs += packetMs;
      return NOT_YET;
    }
    const next = this.#ring.firstFrom(this.#next.sequence);
    if (!next) return PAUSE;
    const steps = this.#next.stepsTo(next.sequence);
    const coveredPackets = Math.min(steps, Math.round(this.#next.dryMs / packetMs));
    const lostMs = (steps - coveredPackets) * packetMs;
    this.#arrivals.addLoss(nowMs);
    if (lostMs <= 0 || lostMs > MAX_LOSS_MS) {
      for (let i = 0; i < steps; i++) this.#next.advance(this.#arrivals.packetTicks);
      return this.#takePresent(next, Infinity);
    }
    for (let i = 0; i <= coveredPackets; i++) this.#next.advance(this.#arrivals.packetTicks);
    this.#next.dryMs = 0;
    return { kind: 'lost', next: steps - coveredPackets === 1 ? next : undefined, durationMs: packetMs };
  }

  /** The packet after the missing one is there, and helps. */
  #isMended(): boolean {
    const after = this.#ring.at(this.#next.sequence + 1);
    return this.#arrivals.mendsLosses && after !== undefined && this.#options.mendsBefore(after);
  }

  #runDry(nowMs: number): Taken {
    if (this.#state !== 'playing' || this.#isSoundOver) return PAUSE;
    if (this.#next.isPausedAt(nowMs)) {
      this.#state = 'filling';
      return PAUSE;
    }
    this.#next.dryMs += this.packetMs;
    return NOT_YET;
  }

  #dropSkipped(): void {
    for (;;) {
      const packet = this.#ring.at(this.#next.sequence);
      if (packet?.payloadType !== SKIPPED) return;
      this.#isSoundOver = true;
      this.#ring.remove(packet);
      this.#next.pass();
    }
  }

  #remove(packet: BufferedPacket): void {
    this.#ring.remove(packet);
    this.#next.endDryness();
    this.#isSoundOver = !this.#isSound(packet);
    this.#next.advance(this.#arrivals.packetTicks, packet);
  }
}
