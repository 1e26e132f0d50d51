// Which sound this machine uses: the sound card, files, or nothing, and why.
import type { Logger } from '../../base/logger.ts';
import type { Runtime } from '../../base/runtime.ts';
import { FileBackend, loadPortAudio, NullBackend, PortAudioBackend, listPortAudioDevices } from '../device/index.ts';
import { DEVICE_RATE_HZ, type AudioBackend, type Pacer } from '../device/index.ts';
import type { ResamplerFactory } from '../dsp/index.ts';
import { readWav, WavWriter } from '../recording/index.ts';
import type { AudioSpec } from './media-engine.ts';

export interface BackendChoice {
  readonly backend: AudioBackend;
  readonly reason: string;
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
}

const nothingToClose = (): Promise<void> => Promise.resolve();

/** The backend for `spec`; never fails, but may be silent. */
export async function chooseBackend(spec: AudioSpec, context: BackendContext): Promise<BackendChoice> {
  switch (spec.kind) {
    case 'null':
      return silent(context, 'no sound was asked for', false);
    case 'file':
      return chooseFiles(spec, context);
    case 'portaudio':
      return choosePortAudio(spec, context);
  }
}

const silent = (context: BackendContext, reason: string, isRefused: boolean): BackendChoice => ({
  backend: new NullBackend(context.pacer),
  reason,
  isRefused,
  close: nothingToClose,
});

function choosePortAudio(spec: Extract<AudioSpec, { kind: 'portaudio' }>, context: BackendContext): BackendChoice {
  const loaded = loadPortAudio();
  if (!loaded.ok) return silent(context, loaded.error, !spec.isFallbackAllowed);
  const problem = missingDevice(spec, listPortAudioDevices(loaded.value));
  if (problem !== undefined) return silent(context, problem, !spec.isFallbackAllowed);
  const { captureName, playbackName } = spec;
  return {
    backend: new PortAudioBackend(loaded.value, context.runtime, { captureName, playbackName }),
    reason: `microphone ${captureName ?? 'by default'}, loudspeaker ${playbackName ?? 'by default'}`,
    isRefused: false,
    close: nothingToClose,
  };
}

function missingDevice(
  { captureName, playbackName }: Extract<AudioSpec, { kind: 'portaudio' }>,
  devices: ReturnType<typeof listPortAudioDevices>,
): string | undefined {
  const has = (name: string | undefined, isUsable: (device: (typeof devices)[number]) => boolean): boolean =>
    devices.some((device) => isUsable(device) && (name === undefined || device.name === name));
  if (!has(captureName, (device) => device.canCapture)) return `there is no microphone ${captureName ?? ''}`.trim();
  if (!has(playbackName, (device) => device.canPlay)) return `there is no loudspeaker ${playbackName ?? ''}`.trim();
  return undefined;
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
    reason: 'files in the place of devices',
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
