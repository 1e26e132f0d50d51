// Copies a recording into another format, piece by piece, beside whatever else goes on; the new file is there whole or not at all.
import { copyFile, open, rename, rm } from 'node:fs/promises';
import { err, ok, type Result } from '../../base/result.ts';
import type { Runtime } from '../../base/runtime.ts';
import { CodecLibrary } from '../codec/index.ts';
import { loadResamplerFactory, type ResamplerFactory } from '../dsp/index.ts';
import {
  OggOpusWriter,
  openMp3Encoder,
  openWavPieces,
  sealedBy,
  unsealFile,
  type SoundKey,
} from '../recording/index.ts';
import { fail, unreadable, type Answer } from './engine-answers.ts';
import type { SoundFormat } from './session-config.ts';
import { SoundKeys } from './sound-keys.ts';

const RATE_HZ = 48_000;

export interface ExportTools {
  readonly runtime: Runtime;
  readonly codecs: CodecLibrary;
  readonly resamplers: ResamplerFactory;
  readonly soundKeys: SoundKeys;
}

export async function loadExportTools(runtime: Runtime, keys: readonly SoundKey[]): Promise<ExportTools> {
  const [codecs, resamplers] = await Promise.all([CodecLibrary.load(), loadResamplerFactory()]);
  const soundKeys = new SoundKeys();
  soundKeys.set(keys);
  return { runtime, codecs, resamplers, soundKeys };
}

interface Sink {
  write(samples: Int16Array): Promise<void>;
  /** Says whether everything is in the file. */
  close(): Promise<boolean>;
}

/** `wav` is a WAV already and only copied. An older file of that name is replaced. */
export async function exportSound(wav: string, file: string, format: SoundFormat, tools: ExportTools): Answer {
  const draft = `${file}.new`;
  try {
    const written = format === 'wav' ? await copied(wav, draft, tools) : await converted(wav, draft, format, tools);
    if (!written.ok) return unreadable(written.error, wav);
    if (!written.value) return fail('cannotWrite', `cannot write ${file}`);
    await rename(draft, file);
    return ok(undefined);
  } catch {
    return fail('cannotWrite', `cannot write ${file}`);
  } finally {
    await rm(draft, { force: true }).catch(() => {});
  }
}

type Written = Promise<Result<boolean, 'noSuchFile' | 'badFile' | 'locked'>>;

async function copied(wav: string, draft: string, { soundKeys }: ExportTools): Written {
  const opened = await openWavPieces(wav, soundKeys.all);
  if (!opened.ok) return opened;
  await opened.value.close();
  if ((await sealedBy(wav)) === undefined) await copyFile(wav, draft);
  else await unsealFile(wav, draft, soundKeys.all);
  return ok(true);
}

async function converted(wav: string, draft: string, format: 'mp3' | 'ogg', tools: ExportTools): Written {
  const opened = await openWavPieces(wav, tools.soundKeys.all);
  if (!opened.ok) return opened;
  const { sampleRateHz, next, close } = opened.value;
  const resampler = tools.resamplers.create(sampleRateHz, RATE_HZ);
  try {
    const sink = format === 'mp3' ? await openMp3(draft) : await openOgg(draft, tools);
    if (!sink) return ok(false);
    try {
      for (let piece = await next(); piece; piece = await next()) await sink.write(resampler.process(piece));
    } catch {
      await sink.close();
      return err('badFile');
    }
    return ok(await sink.close());
  } finally {
    resampler.close();
    await close();
  }
}

async function openOgg(file: string, { runtime, codecs }: ExportTools): Promise<Sink | undefined> {
  let hasFailed = false;
  const onFailed = (): void => void (hasFailed = true);
  const writer = await OggOpusWriter.open({ file, channels: 1, runtime, encoder: codecs.openFileEncoder(1), onFailed });
  return (
    writer && {
      write: async (samples) => {
        writer.write(samples);
        await writer.settled();
      },
      close: async () => {
        await writer.close();
        return !hasFailed;
      },
    }
  );
}

async function openMp3(file: string): Promise<Sink | undefined> {
  const [handle, encoder] = await Promise.all([open(file, 'w').catch(() => undefined), openMp3Encoder(RATE_HZ)]);
  let hasFailed = false;
  const append = async (bytes: Uint8Array): Promise<void> => {
    if (hasFailed || !handle || bytes.length === 0) return;
    await handle.appendFile(bytes).catch(() => (hasFailed = true));
  };
  return (
    handle && {
      write: (samples) => append(encoder.encode(samples)),
      close: async () => {
        await append(encoder.finish());
        await handle.close().catch(() => {});
        return !hasFailed;
      },
    }
  );
}
