// Calls that are mixed here, so that their peers hear each other: who is in it, and who is heard. RFC 5359 §2.10, RFC 4579 §4.
import { err, ok, type Result } from '../../../base/result.ts';
import { randomToken } from '../../../base/runtime.ts';
import type { MediaEngine } from '../../../media/index.ts';
import type { Call } from '../call.ts';
import type { CallFailure } from '../call-info.ts';
import { setHold } from '../hold.ts';

type Outcome = Promise<Result<{ readonly conferenceId: string }, CallFailure>>;

const wrongState = (message: string) => err({ code: 'wrongState', message } as const satisfies CallFailure);

/** One at a time: there is one microphone. A conference of one is a call. */
export class LocalConference {
  readonly #engine: MediaEngine;
  readonly #members = new Map<Call, () => void>();
  #id = '';
  #mixed = '';

  constructor(engine: MediaEngine) {
    this.#engine = engine;
  }

  /** Brings these calls together, and with those that are together already; who waits is taken back first. */
  async merge(calls: readonly Call[]): Outcome {
    const joining = [...new Set(calls)];
    if (joining.some(({ phase, media }) => phase !== 'connected' || !media))
      return wrongState('Only calls that are connected can be brought together.');
    if (new Set([...joining, ...this.#members.keys()]).size < 2)
      return wrongState('A conference needs two calls at least.');
    for (const call of new Set([...this.#members.keys(), ...joining])) {
      const resumed = await setHold(call, false);
      if (!resumed.ok) return resumed;
    }
    // A peer may have hung up while the others were taken back.
    const present = joining.filter(({ phase }) => phase === 'connected');
    if (new Set([...present, ...this.#members.keys()]).size < 2) return wrongState('One of the others has hung up.');
    for (const call of present) this.#add(call);
    const mixed = await this.#mix();
    if (mixed.ok) return ok({ conferenceId: this.#id });
    for (const call of present) this.#remove(call);
    return mixed;
  }

  /** Takes these calls out; they wait on hold, and the others go on. */
  async split(calls: readonly Call[]): Outcome {
    const leaving = [...new Set(calls)];
    if (leaving.some((call) => !this.#members.has(call))) return wrongState('This call is in no conference.');
    const conferenceId = this.#id;
    for (const call of leaving) this.#remove(call);
    const mixed = await this.#mix();
    if (!mixed.ok) return mixed;
    for (const call of leaving) {
      const held = await setHold(call, true);
      if (!held.ok) return held;
    }
    return ok({ conferenceId });
  }

  /** The others in the conference of this call; nobody when it is in none. */
  othersThan(call: Call): readonly Call[] {
    return this.#members.has(call) ? [...this.#members.keys()].filter((member) => member !== call) : [];
  }

  #add(call: Call): void {
    if (this.#members.has(call)) return;
    if (this.#members.size === 0) this.#id = randomToken(call.runtime);
    const stops = [
      call.events.on('changed', () => void this.#mix()),
      call.events.on('ended', () => {
        this.#remove(call);
        void this.#mix();
      }),
    ];
    this.#members.set(call, () => stops.forEach((stop) => stop()));
    call.update({ conferenceId: this.#id });
  }

  #remove(call: Call): void {
    this.#members.get(call)?.();
    if (this.#members.delete(call) && call.info.conferenceId !== undefined) call.update({ conferenceId: undefined });
    const [last] = this.#members.keys();
    if (this.#members.size === 1 && last) this.#remove(last);
  }

  /** Tells the media process who is mixed: members that wait on hold hear nobody and are not heard. */
  async #mix(): Promise<Result<undefined, CallFailure>> {
    const audible = [...this.#members.keys()].filter(({ phase, info }) => phase === 'connected' && !info.isOnHold);
    const sessions = audible.length < 2 ? [] : audible.flatMap(({ media }) => media?.sessionId ?? []);
    const mixed = sessions.join(' ');
    if (mixed === this.#mixed) return ok(undefined);
    this.#mixed = mixed;
    const set = await this.#engine.setConference(sessions);
    if (set.ok) return ok(undefined);
    this.#mixed = '';
    return err({ code: 'mediaFailed', message: set.error.message });
  }
}
