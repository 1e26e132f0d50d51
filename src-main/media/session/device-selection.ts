// Which devices there are, and which of them are used: those of the sound driver, or of the window.
import { ok, type Result } from '../../base/result.ts';
import { listPortAudioDevices, loadPortAudio, type WindowLine } from '../device/index.ts';
import type { AudioHub } from './audio-hub.ts';
import { done, fail, type Answer } from './engine-answers.ts';
import type { AudioDevice, AudioSpec, AudioStatus, DeviceRole, MediaFailure } from './media-engine.ts';
import { windowDevices, withBackend } from './window-devices.ts';

export interface DeviceSelectionOptions {
  readonly spec: AudioSpec;
  readonly hub: AudioHub;
  readonly window: WindowLine;
  readonly loadDriver?: typeof loadPortAudio;
}

const NAMES = { microphone: 'captureName', speaker: 'playbackName', ringer: 'ringerName' } as const;

export class DeviceSelection {
  readonly #options: DeviceSelectionOptions;
  #spec: AudioSpec;

  constructor(options: DeviceSelectionOptions) {
    this.#options = options;
    this.#spec = options.spec;
  }

  list(): Result<readonly AudioDevice[], MediaFailure> {
    const { hub, window, loadDriver = loadPortAudio } = this.#options;
    if (hub.status.backend === 'webaudio') return ok(windowDevices(window.devices));
    const loaded = loadDriver();
    return loaded.ok ? ok(listPortAudioDevices(loaded.value)) : fail('deviceFailed', loaded.error);
  }

  async selectDevice(role: DeviceRole, name: string): Answer {
    const { hub } = this.#options;
    const before = this.#spec;
    const spec: AudioSpec =
      before.kind === 'portaudio' || before.kind === 'webaudio'
        ? before
        : { kind: 'portaudio', isFallbackAllowed: true, ...(before.voice && { voice: before.voice }) };
    this.#spec = { ...spec, [NAMES[role]]: name };
    await hub.changeSpec(this.#spec);
    const { backend, reason } = hub.status;
    return backend === 'portaudio' || backend === 'webaudio' ? done : fail('deviceFailed', reason);
  }

  async selectBackend(kind: 'portaudio' | 'webaudio'): Answer {
    const spec = withBackend(this.#spec, kind);
    if (!spec) return fail('invalid', 'another kind of sound was asked for at the start');
    this.#spec = spec;
    await this.#options.hub.changeSpec(spec);
    return done;
  }

  status(): Result<AudioStatus, MediaFailure> {
    const { isRefused, ...status } = this.#options.hub.status;
    return isRefused ? fail('deviceFailed', status.reason) : ok(status);
  }
}
