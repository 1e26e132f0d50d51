// All codecs of the phone by name. RFC 3551 §6, RFC 7587.
import type { Codec } from './codec.ts';
import { g711Codec } from './g711.ts';
import { g722Codec } from './g722.ts';
import { l16Codec } from './l16.ts';
import { loadOpusLibrary, type OpusExports } from './opus-library.ts';
import { openOpusFileEncoder, type OpusFileEncoder } from './opus-file-encoder.ts';
import { opusCodec } from './opus.ts';

export interface CodecChoice {
  readonly name: 'opus' | 'G722' | 'PCMA' | 'PCMU' | 'L16';
  readonly clockRateHz: number;
  readonly remoteParameters: Readonly<Record<string, string>>;
  /** Opus: discontinuous transmission by our own wish. */
  readonly usesDtx?: boolean;
}

/** Makes codecs; libopus is loaded once, before the first call needs it. */
export class CodecLibrary {
  readonly #opus: OpusExports;

  readonly #nowMs: () => number;

  private constructor(opus: OpusExports, nowMs: () => number) {
    this.#opus = opus;
    this.#nowMs = nowMs;
  }

  /** Without a clock encoders never try less than they can. */
  static async load(nowMs = (): number => 0): Promise<CodecLibrary> {
    return new CodecLibrary(await loadOpusLibrary(), nowMs);
  }

  /** Runs libopus once: WebAssembly is translated at the first call, which would delay the first packet by 50 ms. */
  warmUp(): void {
    const codec = this.create({ name: 'opus', clockRateHz: 48_000, remoteParameters: { useinbandfec: '1' } });
    const [encoder, decoder] = [codec.createEncoder(), codec.createDecoder()];
    const noise = Int16Array.from({ length: 960 }, (_, i) => ((i * i * 31) % 8000) - 4000);
    for (let i = 0; i < 3; i++) decoder.decode(encoder.encode(noise));
    encoder.close();
    decoder.close();
  }

  /** Packets for a file. */
  openFileEncoder(channels: number): OpusFileEncoder {
    return openOpusFileEncoder(this.#opus, channels);
  }

  create(choice: CodecChoice): Codec {
    switch (choice.name) {
      case 'PCMU':
        return g711Codec('mulaw');
      case 'PCMA':
        return g711Codec('alaw');
      case 'G722':
        return g722Codec();
      case 'L16':
        return l16Codec(choice.clockRateHz);
      case 'opus':
        return opusCodec({ opus: this.#opus, nowMs: this.#nowMs }, choice.remoteParameters, choice.usesDtx);
    }
  }
}
