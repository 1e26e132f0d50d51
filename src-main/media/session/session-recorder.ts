// Records a session: what was sent beside what was received, both in one, or the received side alone.
import type { Runtime } from '../../base/runtime.ts';
import { CallingToneDetector, SilenceDetector, type Resampler, type ResamplerFactory } from '../dsp/index.ts';
import type { CodecLibrary } from '../codec/index.ts';
import { mixTracks, OggOpusWriter, TrackAligner, WavWriter, type SoundWriter } from '../recording/index.ts';
import type { RecordingConfig, RecordingEnd, RecordingSummary } from './session-config.ts';
import type { SoundKeys } from './sound-keys.ts';
import { RecordingBeep } from './recording-beep.ts';

const RATE_HZ = 48_000;
const FRAME_MS = 10;

export interface SessionRecorderOptions {
  readonly config: RecordingConfig;
  readonly runtime: Runtime;
  readonly resamplers: ResamplerFactory;
  readonly codecs: CodecLibrary;
  readonly soundKeys: SoundKeys;
  readonly onEnded: (summary: RecordingSummary) => void;
}

/** Takes frames of 10 ms from both paths until it is stopped or a limit of its own is reached. */
export class SessionRecorder {
  readonly #options: SessionRecorderOptions;
  readonly #writer: SoundWriter;
  readonly #aligner = new TrackAligner(RATE_HZ);
  readonly #silence = new SilenceDetector();
  readonly #callingTone: CallingToneDetector | undefined;
  readonly #resamplers: [Resampler | undefined, Resampler | undefined] = [undefined, undefined];
  readonly #rates: [number, number] = [0, 0];
  readonly #beeps: readonly [sent: RecordingBeep, received: RecordingBeep] | undefined;
  #isLoose = false;
  #ending: Promise<RecordingSummary> | undefined;

  private constructor(options: SessionRecorderOptions, openWriter: (onFailed: () => void) => SoundWriter) {
    this.#options = options;
    const { beep, endsOnCallingTone } = options.config;
    this.#callingTone = endsOnCallingTone === true ? new CallingToneDetector() : undefined;
    if (beep !== undefined) {
      const isRepeated = beep === 'repeated';
      this.#beeps = [new RecordingBeep(isRepeated), new RecordingBeep(isRepeated)];
    }
    this.#writer = openWriter(() => void this.stop('writeFailed'));
  }

  /** Creates the file; undefined when that fails. */
  static async open(options: SessionRecorderOptions): Promise<SessionRecorder | undefined> {
    let onFailed = (): void => {};
    const { config, runtime, codecs, soundKeys } = options;
    const sealedBy = config.isSealed === true ? soundKeys.current : undefined;
    // WHY: what is to be sealed must never come to the disk in the clear.
    if (config.isSealed === true && (!sealedBy || config.format === 'ogg')) return undefined;
    const channels = config.tracks === 'both' ? 2 : 1;
    const place = { file: config.file, channels, runtime, onFailed: () => onFailed() };
    const writer =
      config.format === 'ogg'
        ? await OggOpusWriter.open({ ...place, encoder: codecs.openFileEncoder(channels) })
        : await WavWriter.open({ ...place, sampleRateHz: RATE_HZ, sealedBy });
    if (!writer) return undefined;
    return new SessionRecorder(options, (listener) => ((onFailed = listener), writer));
  }

  /** What the peer is to hear: the frame, or a copy with the tone that tells of the recording. */
  announceToPeer(frame: Int16Array, rateHz: number): Int16Array {
    return this.#ending ? frame : (this.#beeps?.[0].mix(frame, rateHz) ?? frame);
  }

  /** What is to be heard here, likewise. */
  announceHere(frame: Int16Array, rateHz: number): Int16Array {
    return this.#ending ? frame : (this.#beeps?.[1].mix(frame, rateHz) ?? frame);
  }

  /** A frame of what goes to the peer. */
  addSent(frame: Int16Array, rateHz: number): void {
    if (this.#ending || this.#options.config.tracks === 'received') return;
    this.#write(this.#aligner.add(0, this.#convert(0, frame, rateHz)));
    this.#checkLimits();
  }

  /** A frame of what is heard of the peer. */
  addReceived(frame: Int16Array, rateHz: number): void {
    if (this.#ending) return;
    this.#silence.add(frame, FRAME_MS);
    const samples = this.#convert(1, frame, rateHz);
    if (this.#options.config.tracks === 'received') this.#writer.write(samples);
    else this.#write(this.#aligner.add(1, samples));
    if (!this.#isLoose && this.#callingTone?.hears(frame, rateHz) === true) void this.stop('callingTone');
    this.#checkLimits();
  }

  /** Neither its limit nor silence ends it from now on. */
  loosen(): void {
    this.#isLoose = true;
  }

  /** Writes the rest and closes the file; tells of the end once. */
  stop(end: RecordingEnd): Promise<RecordingSummary> {
    this.#ending ??= this.#finish(end);
    return this.#ending;
  }

  async #finish(end: RecordingEnd): Promise<RecordingSummary> {
    const { config, onEnded } = this.#options;
    if (config.tracks !== 'received') this.#write(this.#aligner.flush());
    const durationMs = Math.round(this.#writer.durationMs);
    for (const resampler of this.#resamplers) resampler?.close();
    await this.#writer.close();
    const summary = { file: config.file, durationMs, activeMs: Math.min(durationMs, this.#silence.activeMs), end };
    onEnded(summary);
    return summary;
  }

  /** Two tracks side by side, as they are wanted. */
  #write(tracks: Int16Array): void {
    this.#writer.write(this.#options.config.tracks === 'mixed' ? mixTracks(tracks) : tracks);
  }

  #checkLimits(): void {
    if (this.#isLoose) return;
    const { limitSec, endOnSilenceSec } = this.#options.config;
    if (limitSec !== undefined && this.#writer.durationMs >= limitSec * 1000) void this.stop('limit');
    else if (endOnSilenceSec !== undefined && this.#silence.silentMs >= endOnSilenceSec * 1000)
      void this.stop('silence');
  }

  #convert(track: 0 | 1, frame: Int16Array, rateHz: number): Int16Array {
    if (rateHz === RATE_HZ) return frame;
    if (this.#rates[track] !== rateHz) {
      this.#resamplers[track]?.close();
      this.#resamplers[track] = this.#options.resamplers.create(rateHz, RATE_HZ);
      this.#rates[track] = rateHz;
    }
    return this.#resamplers[track]?.process(frame) ?? frame;
  }
}
