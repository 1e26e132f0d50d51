// The windows that can lend their sound: one of them does, the others wait for their turn.
import {
  buildSoundMessage,
  parseSoundMessage,
  parseWindowReport,
  type WindowOrder,
} from '../../src-shared/contract/index.ts';
import type { MediaEngine, WindowMessage, WindowTold } from '../media/index.ts';

/** A window as its host sees it. */
export interface SoundWindow {
  /** Text is an order, bytes are sound; what a slow window cannot take the host throws away. */
  send(message: string | ArrayBuffer): void;
}

/** One window's place at the desk. */
export interface SoundSeat {
  /** Anything may come; what is none of ours is passed over. */
  take(message: string | Uint8Array): void;
  /** The window has gone. Idempotent. */
  leave(): void;
}

interface Seat {
  readonly window: SoundWindow;
  devices: WindowTold | undefined;
  state: WindowTold | undefined;
}

export class WindowSound {
  readonly #media: MediaEngine;
  readonly #seats: Seat[] = [];
  #current: Seat | undefined;

  constructor(media: MediaEngine) {
    this.#media = media;
    media.events.on('window', (message) => this.#pass(message));
  }

  attach(window: SoundWindow): SoundSeat {
    const seat: Seat = { window, devices: undefined, state: undefined };
    this.#seats.push(seat);
    this.#choose();
    return {
      take: (message) => (typeof message === 'string' ? this.#takeText(seat, message) : this.#takeSound(seat, message)),
      leave: () => {
        const at = this.#seats.indexOf(seat);
        if (at >= 0) this.#seats.splice(at, 1);
        this.#choose();
      },
    };
  }

  #takeText(seat: Seat, text: string): void {
    const report = parseWindowReport(text);
    if (!report) return;
    seat[report.kind] = report;
    if (seat === this.#current) this.#media.takeFromWindow(report);
  }

  #takeSound(seat: Seat, bytes: Uint8Array): void {
    if (seat !== this.#current) return;
    const sound = parseSoundMessage(bytes);
    if (sound?.place === 'microphone') this.#media.takeFromWindow({ kind: 'captured', samples: sound.samples });
  }

  #pass(message: WindowMessage): void {
    const window = this.#current?.window;
    if (message.kind === 'sound') window?.send(buildSoundMessage(message));
    else window?.send(JSON.stringify(message satisfies WindowOrder));
  }

  /** The window that came first, until it goes. */
  #choose(): void {
    const [next] = this.#seats;
    if (next === this.#current) return;
    if (this.#current) this.#media.takeFromWindow({ kind: 'detached' });
    this.#current = next;
    if (!next) return;
    this.#media.takeFromWindow({ kind: 'attached' });
    for (const told of [next.devices, next.state]) if (told) this.#media.takeFromWindow(told);
  }
}
