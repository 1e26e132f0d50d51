// The loudspeaker's sum and the conference, where everyone hears all but himself.
import { FRAME_SAMPLES } from '../device/index.ts';
import { Limiter } from '../dsp/index.ts';
import type { DeviceLink } from './device-link.ts';
import { SampleFifo } from './sample-fifo.ts';
import { TalkerChoice } from './talker-choice.ts';

/** The microphone may be ahead of the loudspeaker's clock by this much. */
const MAX_AHEAD_SAMPLES = FRAME_SAMPLES * 4;

const addTo = (sums: Int32Array, frame: Int16Array): void => {
  const count = Math.min(sums.length, frame.length);
  for (let i = 0; i < count; i++) sums[i] = (sums[i] ?? 0) + (frame[i] ?? 0);
};

/** Sums frames, or halves of them, for one listener. */
export class MixBus {
  readonly sums = new Int32Array(FRAME_SAMPLES);
  readonly #limiter = new Limiter();

  clear(): void {
    this.sums.fill(0);
  }

  /** From sample `at` on. */
  add(frame: Int16Array, volume = 1, at = 0): void {
    const sums = at === 0 ? this.sums : this.sums.subarray(at);
    if (volume === 1) return addTo(sums, frame);
    const count = Math.min(sums.length, frame.length);
    for (let i = 0; i < count; i++) sums[i] = (sums[i] ?? 0) + Math.round((frame[i] ?? 0) * volume);
  }

  subtract(frame: Int16Array): void {
    for (let i = 0; i < this.sums.length; i++) this.sums[i] = (this.sums[i] ?? 0) - (frame[i] ?? 0);
  }

  writeTo(frame: Int16Array): void {
    this.#limiter.process(this.sums.subarray(0, frame.length), frame);
  }
}

interface Member {
  readonly link: DeviceLink;
  readonly bus: MixBus;
  readonly received: Int16Array;
}

/** N-1 mixing of the members with each other and the local microphone, on the loudspeaker's clock. */
export class Conference {
  readonly #members: readonly Member[];
  readonly #microphone = new SampleFifo();
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  readonly #captured = new Int16Array(FRAME_SAMPLES);
  readonly #total = new Int32Array(FRAME_SAMPLES);
  readonly #talkers: TalkerChoice;
  /** How much of the last turn the loudspeaker has taken. */
  #heardTo = FRAME_SAMPLES;

  constructor(links: readonly DeviceLink[]) {
    this.#members = links.map((link) => ({ link, bus: new MixBus(), received: new Int16Array(FRAME_SAMPLES) }));
    this.#talkers = new TalkerChoice(links.length);
  }

  has(link: DeviceLink): boolean {
    return this.#members.some((member) => member.link === link);
  }

  capture(frame: Int16Array): void {
    if (this.#microphone.length >= MAX_AHEAD_SAMPLES) this.#microphone.take(this.#captured);
    this.#microphone.push(frame);
  }

  /** Adds the next so many samples of all members to `speaker`, a frame or a half. */
  hear(speaker: MixBus, count: number): void {
    for (let at = 0; at < count;) {
      if (this.#heardTo === FRAME_SAMPLES) {
        this.#run();
        this.#heardTo = 0;
      }
      const from = this.#heardTo;
      this.#heardTo = Math.min(FRAME_SAMPLES, from + count - at);
      for (const { link, received } of this.#members)
        speaker.add(received.subarray(from, this.#heardTo), link.session.volume, at);
      at += this.#heardTo - from;
    }
  }

  /** One turn: hears all members and sends each the sum of the others. */
  #run(): void {
    this.#microphone.take(this.#captured);
    this.#total.fill(0);
    addTo(this.#total, this.#captured);
    for (const { link, received } of this.#members) received.set(link.receive().subarray(0, FRAME_SAMPLES));
    this.#talkers.choose(this.#members.map(({ received }) => received));
    for (const { received } of this.#members) addTo(this.#total, received);
    for (const { link, bus, received } of this.#members) {
      for (let i = 0; i < FRAME_SAMPLES; i++) bus.sums[i] = (this.#total[i] ?? 0) - (received[i] ?? 0);
      // A muted member hears the others, and not us.
      if (link.session.isMuted) bus.subtract(this.#captured);
      bus.writeTo(this.#frame);
      link.send(this.#frame, true);
    }
  }
}
