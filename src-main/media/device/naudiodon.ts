// The raw binding of naudiodon (PortAudio), without the package's own JavaScript and its crash handler.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '../../base/result.ts';

export interface PortAudioDevice {
  readonly id: number;
  readonly name: string;
  readonly maxInputChannels: number;
  readonly maxOutputChannels: number;
  readonly defaultSampleRate: number;
  readonly hostAPIName: string;
}

export interface PortAudioStreamOptions {
  readonly deviceId: number;
  readonly sampleRate: number;
  readonly channelCount: number;
  readonly sampleFormat: number;
  readonly framesPerBuffer: number;
  readonly maxQueue: number;
  readonly closeOnError: boolean;
}

export interface PortAudioStream {
  start(): void;
  /** Resolves when `sizeBytes` have been captured. */
  read(sizeBytes: number): Promise<{ readonly buf?: Buffer; readonly err?: string; readonly finished?: boolean }>;
  /** Resolves when the queue has room again: the playout clock. */
  write(bytes: Buffer): Promise<string | undefined>;
  quit(flag: 'WAIT' | 'ABORT'): Promise<void>;
}

export interface PortAudioHostApi {
  readonly name: string;
  readonly defaultInput: number;
  readonly defaultOutput: number;
}

/** The native functions; all throw when PortAudio refuses. */
export interface PortAudio {
  getDevices(): PortAudioDevice[];
  getHostAPIs(): { readonly defaultHostAPI: number; readonly HostAPIs: readonly PortAudioHostApi[] };
  create(options: { inOptions?: PortAudioStreamOptions; outOptions?: PortAudioStreamOptions }): PortAudioStream;
}

/** The binding, or why this machine has none. */
export function loadPortAudio(): Result<PortAudio, string> {
  try {
    const require = createRequire(import.meta.url);
    const folder = dirname(require.resolve('naudiodon/package.json'));
    return ok(require(join(folder, 'build', 'Release', 'naudiodon.node')) as PortAudio);
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return err(`the sound driver is not installed (${message ?? ''})`);
  }
}
