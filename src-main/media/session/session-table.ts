// All live sessions and the clock of those that do not use a device.
import type { Pacer } from '../device/index.ts';
import type { AudioHub } from './audio-hub.ts';
import type { MediaSession } from './media-session.ts';

/** More calls than this at once are refused. */
export const MAX_SESSIONS = 1024;

/** Drives every path that no device drives, from one shared pacer that runs only while needed. */
export class SessionTable {
  readonly #sessions = new Map<string, MediaSession>();
  readonly #pacer: Pacer;
  readonly #hub: AudioHub;
  #stopPacing: (() => void) | undefined;

  constructor(pacer: Pacer, hub: AudioHub) {
    this.#pacer = pacer;
    this.#hub = hub;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(sessionId: string): MediaSession | undefined {
    return this.#sessions.get(sessionId);
  }

  add(session: MediaSession): void {
    this.#sessions.set(session.sessionId, session);
    this.#hub.add(session);
  }

  /** Takes the session out; it hears and says nothing from now on. */
  remove(session: MediaSession): void {
    this.#sessions.delete(session.sessionId);
    this.#hub.remove(session);
    this.update();
  }

  all(): MediaSession[] {
    return [...this.#sessions.values()];
  }

  /** Call it after every change of a session. */
  update(): void {
    this.#hub.update();
    const isNeeded = this.all().some((session) => session.isRunning && !this.#isDeviceDriven(session));
    if (isNeeded) this.#stopPacing ??= this.#pacer.add(() => this.#turn());
    else {
      this.#stopPacing?.();
      this.#stopPacing = undefined;
    }
  }

  #isDeviceDriven(session: MediaSession): boolean {
    return (session.playsToDevice && session.usesMicrophone) || this.#hub.isConferring(session);
  }

  #turn(): void {
    for (const session of this.#sessions.values()) {
      if (!session.isRunning || this.#hub.isConferring(session)) continue;
      if (!session.playsToDevice) session.receiveFrame();
      if (!session.usesMicrophone) session.sendFrame(undefined);
    }
  }
}
