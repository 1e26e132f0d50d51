// All codecs of the phone by name. RFC 3551 §6, RFC 7587.
import type { Codec } from './codec.ts';
import { g711Codec } from './g711.ts';
import { g722Codec } from './g722.ts';
import { l16Codec } from './l16.ts';
import { loadOpusLibrary, type OpusExports } from './opus-library.ts';
import { opusCodec } from './opus.ts';

export interface CodecChoice {
  readonly name: 'opus' | 'G722' | 'PCMA' | 'PCMU' | 'L16';
  readonly clockRateHz: number;
  readonly remoteParameters: Readonly<Record<string, string>>;
}

/** Makes codecs; libopus is loaded once, before the first call needs it. */
export class CodecLibrary {
  readonly #opus: OpusExports;

  private constructor(opus: OpusExports) {
    this.#opus = opus;
  }

  static async load(): Promise<CodecLibrary> {
    return new CodecLibrary(await loadOpusLibrary());
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
        return opusCodec(this.#opus, choice.remoteParameters);
    }
  }
}
