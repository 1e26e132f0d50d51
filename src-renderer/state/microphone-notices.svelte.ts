// What the phone noticed about the microphone, for as long as it is worth saying.
import { SvelteMap } from 'svelte/reactivity';
import type { CallView, EventPayload } from '../../src-shared/contract/index.ts';

type Noticed = EventPayload<'call.microphoneNoticed'>;

/** The phone says it again every 5 s for as long as somebody talks. */
const SPEAKING_MS = 7000;

export class MicrophoneNotices {
  readonly #silent = new SvelteMap<string, true>();
  readonly #speaking = new SvelteMap<string, ReturnType<typeof setTimeout>>();

  take({ callId, notice }: Noticed): void {
    if (notice === 'microphoneSilent') this.#silent.set(callId, true);
    else if (notice === 'microphoneHeard') this.#silent.delete(callId);
    else {
      clearTimeout(this.#speaking.get(callId));
      this.#speaking.set(
        callId,
        setTimeout(() => this.#speaking.delete(callId), SPEAKING_MS),
      );
    }
  }

  /** What to tell the user of this call; nothing when the microphone does what it should. */
  of({ id, state, isMuted, isOnHold }: CallView): 'speakingWhileMuted' | 'microphoneSilent' | undefined {
    if (state !== 'connected' || isOnHold) return undefined;
    if (isMuted) return this.#speaking.has(id) ? 'speakingWhileMuted' : undefined;
    return this.#silent.has(id) ? 'microphoneSilent' : undefined;
  }

  /** Calls that are over have no microphone. */
  keep(calls: readonly CallView[]): void {
    const isLive = (callId: string) => calls.some(({ id, state }) => id === callId && state !== 'ended');
    for (const callId of this.#silent.keys()) if (!isLive(callId)) this.#silent.delete(callId);
  }
}
