// `--audio SPEC` as data: portaudio[:IN,OUT] | webaudio | null | file:IN.wav,OUT.wav
import type { MediaSettings } from '../../src-shared/contract/index.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { AudioSpec, DeviceRole } from '../media/index.ts';
import type { SettingsStore } from '../storage/index.ts';

/** Without a spec: the sound system where there is one, silence and a reason where there is none. */
export function parseAudioSpec(text: string | undefined): Result<AudioSpec, string> {
  if (text === undefined) return ok({ kind: 'portaudio', isFallbackAllowed: true });
  if (text === 'null') return ok({ kind: 'null' });
  if (text === 'webaudio') return ok({ kind: 'webaudio' });
  const [kind, names = ''] = splitOnce(text, ':');
  const [input, output = ''] = splitOnce(names, ',');
  if (kind === 'portaudio') {
    return ok({
      kind,
      isFallbackAllowed: false,
      ...(input && { captureName: input }),
      ...(output && { playbackName: output }),
    });
  }
  if (kind === 'file') {
    return ok({ kind, ...(input && { captureFile: input }), ...(output && { playbackFile: output }) });
  }
  return err(`--audio takes portaudio[:IN,OUT], webaudio, null or file:IN.wav,OUT.wav, not "${text}"`);
}

export type ChosenDevices = Readonly<Partial<Record<DeviceRole, string>>>;

/** What was chosen in the window, by role. */
export function readChosenDevices(settings: SettingsStore): ChosenDevices {
  const nameOf = (role: DeviceRole) => {
    const name = settings.read(`device.${role}`);
    return typeof name === 'string' && name !== '' ? { [role]: name } : {};
  };
  return { ...nameOf('microphone'), ...nameOf('speaker'), ...nameOf('ringer') };
}

export type SoundWay = 'auto' | 'window';

export const readSoundWay = (settings: SettingsStore): SoundWay =>
  settings.read('device.way') === 'window' ? 'window' : 'auto';

/** Whether the window may choose the way: nothing was settled by the command line. */
export const isWayOpen = (spec: AudioSpec): boolean => spec.kind === 'portaudio' && spec.isFallbackAllowed;

/** The window's sound, where it was chosen in the settings. */
export const withWay = (spec: AudioSpec, way: SoundWay): AudioSpec =>
  isWayOpen(spec) && way === 'window' ? { kind: 'webaudio' } : spec;

/** The devices that were chosen before; names on the command line count more. */
export function withChosenDevices(spec: AudioSpec, { microphone, speaker, ringer }: ChosenDevices): AudioSpec {
  if (spec.kind !== 'webaudio' && (spec.kind !== 'portaudio' || !spec.isFallbackAllowed)) return spec;
  return { ...spec, captureName: microphone, playbackName: speaker, ringerName: ringer };
}

/** What is done to the microphone's sound; files in its place stay as they are. */
export function withVoice(spec: AudioSpec, settings: MediaSettings): AudioSpec {
  if (spec.kind !== 'portaudio' && spec.kind !== 'webaudio') return spec;
  const { echoCancellation, noiseSuppression, automaticGain } = settings;
  return { ...spec, voice: { echoCancellation, noiseSuppression, automaticGain } };
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
