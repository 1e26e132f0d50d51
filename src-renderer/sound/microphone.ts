// The browser's microphone: asked for when somebody is to be heard, given back afterwards.
import type { BrowserVoice, MicrophoneState } from '../../src-shared/contract/index.ts';

export const NO_VOICE: BrowserVoice = { cancelsEcho: false, suppressesNoise: false, controlsGain: false };

export interface MicrophoneUser {
  /** The stream to be captured; undefined: none any more. */
  onStream(stream: MediaStream | undefined): void;
  onState(state: MicrophoneState, voice: BrowserVoice): void;
}

interface Wanted {
  readonly captureName: string | undefined;
  readonly voice: BrowserVoice;
}

export class Microphone {
  readonly #user: MicrophoneUser;
  #wanted: Wanted | undefined;
  #stream: MediaStream | undefined;

  constructor(user: MicrophoneUser) {
    this.#user = user;
  }

  /** Opens it, or another one when what is wanted has changed; never throws: the state says what became of it. */
  async open(wanted: Wanted): Promise<void> {
    if (this.#wanted && isSame(wanted, this.#wanted)) return;
    this.close();
    this.#wanted = wanted;
    this.#user.onState('asking', NO_VOICE);
    const stream = await this.#ask(wanted);
    if (!stream) return;
    if (this.#wanted !== wanted) {
      stopTracks(stream);
      return;
    }
    this.#stream = stream;
    const [track] = stream.getAudioTracks();
    track?.addEventListener('ended', () => void this.#onEnded(wanted));
    this.#user.onStream(stream);
    this.#user.onState('on', voiceOf(track));
  }

  /** Devices have come or gone: the chosen one may be back that another one stands in for. */
  async reconsider(): Promise<void> {
    const wanted = this.#wanted;
    const name = wanted?.captureName;
    const used = this.#stream?.getAudioTracks()[0]?.label;
    if (!wanted || name === undefined || used === undefined || used === name) return;
    const isBack = (await idOf('audioinput', name)) !== undefined;
    if (!isBack || this.#wanted !== wanted) return;
    this.close();
    await this.open(wanted);
  }

  /** What was refused, or was not there, is asked for again at the next opening. */
  forget(): void {
    if (!this.#stream) this.#wanted = undefined;
  }

  close(): void {
    if (!this.#wanted) return;
    this.#wanted = undefined;
    if (this.#stream) stopTracks(this.#stream);
    this.#stream = undefined;
    this.#user.onStream(undefined);
    this.#user.onState('off', NO_VOICE);
  }

  async #ask(wanted: Wanted): Promise<MediaStream | undefined> {
    const { captureName, voice } = wanted;
    // Pages that are not secure have no such thing.
    const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices };
    try {
      if (!mediaDevices) throw new DOMException('no devices', 'NotFoundError');
      const deviceId = captureName === undefined ? undefined : await idOf('audioinput', captureName);
      const audio: MediaTrackConstraints = {
        echoCancellation: voice.cancelsEcho,
        noiseSuppression: voice.suppressesNoise,
        autoGainControl: voice.controlsGain,
        channelCount: 1,
        // WHY: `ideal` is only one wish among the others: Chromium may take the default device all the same.
        ...(deviceId !== undefined && { deviceId: { exact: deviceId } }),
      };
      return await mediaDevices.getUserMedia({ audio });
    } catch (error) {
      const isRefused = error instanceof DOMException && error.name === 'NotAllowedError';
      if (this.#wanted === wanted) this.#user.onState(isRefused ? 'refused' : 'absent', NO_VOICE);
      return undefined;
    }
  }

  /** It was unplugged, or the person took back the permission: another one may do, else the asking says what is amiss. */
  async #onEnded(wanted: Wanted): Promise<void> {
    if (this.#wanted !== wanted) return;
    this.close();
    await this.open(wanted);
  }
}

const isSame = (one: Wanted, other: Wanted): boolean => JSON.stringify(one) === JSON.stringify(other);

const stopTracks = (stream: MediaStream): void => {
  for (const track of stream.getTracks()) track.stop();
};

function voiceOf(track: MediaStreamTrack | undefined): BrowserVoice {
  const { echoCancellation, noiseSuppression, autoGainControl } = track?.getSettings() ?? {};
  return {
    cancelsEcho: echoCancellation !== undefined && echoCancellation !== false,
    suppressesNoise: noiseSuppression === true,
    controlsGain: autoGainControl === true,
  };
}

/** The browser's id of the device that has this name now. */
export async function idOf(kind: MediaDeviceKind, name: string): Promise<string | undefined> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.find((device) => device.kind === kind && device.label === name)?.deviceId;
}
