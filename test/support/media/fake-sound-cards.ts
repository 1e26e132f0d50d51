// Sound cards that a test plugs, unplugs and hangs, behind the binding's own functions and on virtual time.
import { ok } from '../../../src-main/base/result.ts';
import type { Runtime } from '../../../src-main/base/runtime.ts';
import type { loadPortAudio } from '../../../src-main/media/device/index.ts';

const FRAME_MS = 10;
const SILENCE = Buffer.alloc(960);

/** One piece is played while another one waits, as in the binding. */
class PlayQueue {
  readonly #runtime: Runtime;
  #begunMs = -Infinity;
  #endsMs = -Infinity;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** How long it takes until this piece waits and the one before it is played. */
  add(pieceMs: number): number {
    const nowMs = this.#runtime.nowMs();
    const acceptedMs = Math.max(nowMs, this.#begunMs);
    this.#begunMs = Math.max(acceptedMs, this.#endsMs);
    this.#endsMs = this.#begunMs + pieceMs;
    return acceptedMs - nowMs;
  }
}

export class FakeSoundCards {
  /** By name, in the order of their numbers; each has both directions. */
  names: string[] = ['built-in', 'headset'];
  readonly hanging = new Set<string>();
  /** Everything that each card has played. */
  readonly played = new Map<string, number[]>();
  /** Which cards have streams open now, with direction. */
  readonly open: string[] = [];
  readonly #runtime: Runtime;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** To be given in the place of the driver. */
  readonly loadDriver: typeof loadPortAudio = () =>
    ok({
      getDevices: () =>
        this.names.map((name, id) => ({
          ...{ id, name, maxInputChannels: 1, maxOutputChannels: 1 },
          ...{ defaultSampleRate: 48_000, hostAPIName: 'fake' },
        })),
      getHostAPIs: () => ({ defaultHostAPI: 0, HostAPIs: [{ name: 'fake', defaultInput: 0, defaultOutput: 0 }] }),
      create: ({ inOptions, outOptions }) => {
        const name = this.names[(inOptions ?? outOptions)?.deviceId ?? 0] ?? '';
        const label = `${name} ${inOptions ? 'in' : 'out'}`;
        this.open.push(label);
        const queue = new PlayQueue(this.#runtime);
        return {
          start: () => {},
          read: () => this.#later(name, { buf: Buffer.from(SILENCE) }),
          write: (bytes: Buffer) => {
            const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
            const before = this.played.get(name) ?? [];
            this.played.set(name, before);
            for (const sample of samples) before.push(sample);
            return this.#later(name, undefined, queue.add(samples.length / 48));
          },
          quit: () => {
            if (this.#isDead(name)) return new Promise<void>(() => {});
            this.open.splice(this.open.indexOf(label), 1);
            return Promise.resolve();
          },
        };
      },
    });

  #isDead(name: string): boolean {
    return this.hanging.has(name) || !this.names.includes(name);
  }

  /** What a working card answers after a time; a dead one never does. */
  #later<T>(name: string, value: T, afterMs = FRAME_MS): Promise<T> {
    return new Promise((resolve) => {
      if (this.#isDead(name)) return;
      this.#runtime.setTimer(afterMs, () => {
        if (!this.#isDead(name)) resolve(value);
      });
    });
  }
}
