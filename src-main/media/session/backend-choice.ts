// Which sound this machine uses: the sound card, files, or nothing, and why.
import type { Logger } from '../../base/logger.ts';
import type { Runtime } from '../../base/runtime.ts';
import { FileBackend, loadPortAudio, NullBackend, PortAudioBackend, listPortAudioDevices } from '../device/index.ts';
import { DEVICE_RATE_HZ, PortAudioOutput, type AudioBackend, type Pacer } from '../device/index.ts';
import { WindowBackend, WindowOutput, type WindowLine, type WindowNames } from '../device/index.ts';
import type { ResamplerFactory } from '../dsp/index.ts';
import { readWav, WavWriter } from '../recording/index.ts';
import type { AudioSpec } from './media-engine.ts';
import { cancelsEcho, VOICE_ON } from '../voice/index.ts';
import { Ringer } from './ringer.ts';
import { missingInWindow } from './window-devices.ts';

export interface BackendChoice {
  readonly backend: AudioBackend;
  /** In words; those of a window change with what it tells. */
  readonly reason: () => string;
  /** Chosen devices that are not there; those of a window change with what it tells. */
  readonly missing: () => readonly string[];
  /** Where it rings, when that is another device than the loudspeaker. */
  readonly ringer?: Ringer;
  /** The backend is a stand-in that was not asked for and must not be taken. */
  readonly isRefused: boolean;
  /** Ends what the backend leaves open between calls. */
  readonly close: () => Promise<void>;
}

export interface BackendContext {
  readonly pacer: Pacer;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly resamplers: ResamplerFactory;
  /** Another sound driver, for tests. */
  readonly loadDriver?: typeof loadPortAudio;
  /** To the window that may lend its sound. */
  readonly window: WindowLine;
}

type PortAudioSpec = Extract<AudioSpec, { kind: 'portaudio' }>;

const nothingMissing = (): readonly string[] => [];
const nothingToClose = (): Promise<void> => Promise.resolve();

/** The backend for `spec`; never fails, but may be silent. */
export async function chooseBackend(spec: AudioSpec, context: BackendContext): Promise<BackendChoice> {
  switch (spec.kind) {
    case 'null':
      return silent(context, spec.reason ?? 'no sound was asked for', false);
    case 'file':
      return chooseFiles(spec, context);
    case 'webaudio':
      return chooseWindow(spec, context, '');
    case 'portaudio':
      return choosePortAudio(spec, context);
  }
}

const silent = (context: BackendContext, reason: string, isRefused: boolean): BackendChoice => ({
  backend: new NullBackend(context.pacer),
  reason: () => reason,
  missing: nothingMissing,
  isRefused,
  close: nothingToClose,
});

function choosePortAudio(spec: PortAudioSpec, context: BackendContext): BackendChoice {
  const loaded = (context.loadDriver ?? loadPortAudio)();
  if (!loaded.ok) return withoutDriver(spec, context, loaded.error);
  const { present, missing, problem } = findDevices(spec, listPortAudioDevices(loaded.value));
  if (problem !== undefined) return withoutDriver(spec, context, problem);
  const { captureName, playbackName, ringerName } = present;
  const absent = absentWords(missing);
  const isApart = ringerName !== undefined && ringerName !== playbackName;
  return {
    backend: new PortAudioBackend(loaded.value, context.runtime, present),
    reason: () => `${absent}microphone ${captureName ?? 'by default'}, loudspeaker ${playbackName ?? 'by default'}`,
    missing: () => missing,
    isRefused: false,
    ...(isApart && { ringer: new Ringer(new PortAudioOutput(loaded.value, context.runtime, ringerName)) }),
    close: nothingToClose,
  };
}

/** The window's sound stands in, unless this very driver was asked for. */
const withoutDriver = (spec: PortAudioSpec, context: BackendContext, problem: string): BackendChoice =>
  spec.isFallbackAllowed ? chooseWindow(spec, context, `${problem}: `) : silent(context, problem, true);

const absentWords = (missing: readonly string[]): string =>
  missing.length === 0 ? '' : `${missing.join(' and ')} not there: `;

/** The window, where there is one that can be used; silence until there is. */
function chooseWindow(
  { captureName, playbackName, ringerName, voice = VOICE_ON }: WindowNames & Pick<AudioSpec, 'voice'>,
  context: BackendContext,
  because: string,
): BackendChoice {
  const { window, pacer, runtime } = context;
  const missing = (): readonly string[] => missingInWindow([captureName, playbackName, ringerName], window.devices);
  const reason = (): string => `${because}${absentWords(missing())}${window.obstacle ?? window.description}`;
  if (window.obstacle !== undefined) return { ...silent(context, '', false), reason };
  const stages = {
    cancelsEcho: cancelsEcho(voice, [captureName, playbackName]),
    suppressesNoise: voice.noiseSuppression,
    controlsGain: voice.automaticGain,
  };
  const names = { captureName, playbackName, ringerName };
  const isApart = ringerName !== undefined && ringerName !== playbackName;
  return {
    backend: new WindowBackend({ line: window, pacer, runtime, names, voice: stages }),
    reason,
    missing,
    isRefused: false,
    ...(isApart && { ringer: new Ringer(new WindowOutput(window, ringerName)) }),
    close: nothingToClose,
  };
}

/** The chosen devices that are there; what is not is an obstacle only where no other may stand in. */
function findDevices(spec: PortAudioSpec, devices: ReturnType<typeof listPortAudioDevices>) {
  const missing: string[] = [];
  const ifThere = (name: string | undefined, isUsable: (device: (typeof devices)[number]) => boolean) => {
    if (name === undefined || devices.some((device) => isUsable(device) && device.name === name)) return name;
    if (!missing.includes(name)) missing.push(name);
    return undefined;
  };
  const present = {
    captureName: ifThere(spec.captureName, ({ canCapture }) => canCapture),
    playbackName: ifThere(spec.playbackName, ({ canPlay }) => canPlay),
    ringerName: ifThere(spec.ringerName, ({ canPlay }) => canPlay),
    startLimitMs: spec.startLimitMs,
  };
  const { captureName, playbackName } = spec;
  const hasAny = devices.some(({ canCapture }) => canCapture) && devices.some(({ canPlay }) => canPlay);
  if (!hasAny) return { present, missing, problem: 'there is no microphone or no loudspeaker' };
  if (spec.isFallbackAllowed) return { present, missing };
  if (present.captureName !== captureName)
    return { present, missing, problem: `there is no microphone ${captureName}` };
  if (present.playbackName !== playbackName)
    return { present, missing, problem: `there is no loudspeaker ${playbackName}` };
  return { present, missing };
}

async function chooseFiles(
  { captureFile, playbackFile }: Extract<AudioSpec, { kind: 'file' }>,
  context: BackendContext,
): Promise<BackendChoice> {
  const wav = captureFile === undefined ? undefined : await readWav(captureFile);
  if (wav && !wav.ok) return silent(context, `the microphone file cannot be read: ${wav.error}`, true);
  const captured = wav?.ok ? resampleWhole(wav.value.samples, wav.value.sampleRateHz, context) : undefined;
  const writer =
    playbackFile === undefined
      ? undefined
      : await WavWriter.open({
          file: playbackFile,
          sampleRateHz: DEVICE_RATE_HZ,
          channels: 1,
          runtime: context.runtime,
          onFailed: () => context.logger.warn('the loudspeaker file cannot be written', { file: playbackFile }),
        });
  if (playbackFile !== undefined && !writer) return silent(context, 'the loudspeaker file cannot be created', true);
  return {
    backend: new FileBackend(context.pacer, { captured, sink: writer }),
    reason: () => 'files in the place of devices',
    missing: nothingMissing,
    isRefused: false,
    close: async () => writer?.close(),
  };
}

function resampleWhole(samples: Int16Array, rateHz: number, { resamplers }: BackendContext): Int16Array {
  const resampler = resamplers.create(rateHz, DEVICE_RATE_HZ);
  const converted = resampler.process(samples).slice();
  resampler.close();
  return converted;
}
