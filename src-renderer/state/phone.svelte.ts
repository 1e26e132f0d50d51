// Mirror of the phone's view in the window, and the one way to give it commands.
import { SvelteMap } from 'svelte/reactivity';
import type {
  AnyEvent,
  CallQuality,
  CommandName,
  CommandParams,
  CommandValue,
  PhoneView,
  Reply,
} from '../../src-shared/contract/index.ts';
import type { ConnectedClient } from '../bridge/phone-client.ts';
import { NO_SOUND, type WindowSoundState } from '../sound/window-sound.ts';
import { DesktopNotices } from './desktop-notices.svelte.ts';
import { MicrophoneNotices } from './microphone-notices.svelte.ts';
import { ParkedCalls } from './parked-calls.svelte.ts';

/** A sentence at the foot of the window; `undo` turns back what was just done. */
export interface Toast {
  readonly text: string;
  readonly isFailure: boolean;
  readonly undo?: () => void;
}

/** What a person can do when the browser is in the way of sound. */
export interface SoundHelp {
  readonly retry: () => void;
  readonly unblock: () => void;
}

const TOAST_MS = 6000;

export class PhoneState {
  view = $state.raw<PhoneView>();
  isConnected = $state(false);
  /** How this window's own sound goes, where it is lent to the phone. */
  sound = $state.raw<WindowSoundState>(NO_SOUND);
  soundHelp: SoundHelp = { retry: () => {}, unblock: () => {} };
  toast = $state.raw<Toast>();
  readonly quality = new SvelteMap<string, CallQuality>();
  readonly levels = new SvelteMap<string, { readonly sentDbov: number; readonly receivedDbov: number }>();
  /** How loud the microphone is while a greeting is recorded. */
  greetingDbov = $state<number>();
  readonly microphone = new MicrophoneNotices();
  readonly desktop = new DesktopNotices();
  readonly parked = new ParkedCalls(this);
  readonly #client: ConnectedClient;
  #toastTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: ConnectedClient) {
    this.#client = client;
    client.onEvent((event) => this.#take(event));
    client.onConnection((isConnected) => {
      this.isConnected = isConnected;
      // A phone that was started again counts its revisions anew: what is here says nothing about it.
      if (isConnected) void this.#refresh();
    });
  }

  /** Gives a command; a refusal is shown to the user and returned. */
  async run<Name extends CommandName>(name: Name, params?: CommandParams<Name>): Promise<Reply<CommandValue<Name>>> {
    const reply = await this.#client.call(name, params);
    if (!reply.ok) this.say({ text: reply.failure.message, isFailure: true });
    return reply;
  }

  /** As `run`, for callers that show the refusal themselves. */
  ask<Name extends CommandName>(name: Name, params?: CommandParams<Name>): Promise<Reply<CommandValue<Name>>> {
    return this.#client.call(name, params);
  }

  say(toast: Toast): void {
    clearTimeout(this.#toastTimer);
    this.toast = toast;
    this.#toastTimer = setTimeout(() => (this.toast = undefined), TOAST_MS);
  }

  #take(event: AnyEvent): void {
    switch (event.event) {
      case 'phone.changed':
        if (this.view?.revision !== event.revision - 1) void this.#refresh();
        else this.view = { ...this.view, ...event.changed, revision: event.revision } as PhoneView;
        if (event.changed.calls) this.microphone.keep(event.changed.calls);
        return;
      case 'call.qualitySampled':
        this.quality.set(event.callId, event.quality);
        return;
      case 'media.levelsSampled':
        this.levels.set(event.callId, event);
        return;
      case 'call.microphoneNoticed':
        this.microphone.take(event);
        return;
      case 'greeting.levelSampled':
        this.greetingDbov = event.dbov;
        return;
      case 'call.digitReceived':
        // Nothing in the window shows the other side's keys.
        return;
    }
  }

  /** The first view, or a new one after a gap. */
  async #refresh(): Promise<void> {
    const reply = await this.#client.call('phone.getView');
    if (reply.ok) this.view = reply.value;
  }
}
