// Which payload type means which format in this session, once and for all. RFC 3264 §5.1, §8.3.2.
import {
  COMFORT_NOISE,
  type CodecFormat,
  type SdpCodecName,
  TELEPHONE_EVENT,
  TELEPHONE_EVENTS,
  codecFormat,
} from './codecs.ts';
import type { PayloadFormat } from './session-description.ts';

const FIRST_DYNAMIC = 96;
const LAST_PAYLOAD_TYPE = 127;
/** What most peers use, and what some wrongly expect. */
const TELEPHONE_EVENT_TYPES: Readonly<Record<number, number>> = { 8_000: 101, 48_000: 102 };

/** Those at 8 kHz; G.722 only says so. */
const NEEDS_NOISE: readonly SdpCodecName[] = ['PCMU', 'PCMA'];

export interface OfferedExtras {
  readonly telephoneEvent?: boolean;
  readonly silenceSuppression?: boolean;
}

/** RFC 3264 §8.3.2: a dynamic payload type is never given another meaning while the session lasts. */
export class PayloadTypes {
  readonly #types: Map<string, number>;

  constructor(types: ReadonlyMap<string, number> = new Map()) {
    this.#types = new Map(types);
  }

  clone(): PayloadTypes {
    return new PayloadTypes(this.#types);
  }

  /** Takes over the numbers of the peer's offer. */
  adopt(key: string, payloadType: number): void {
    this.#types.set(key, payloadType);
  }

  /** The formats of an offer of `codecs` in order, then telephone events at each clock in use. */
  offered(
    codecs: readonly SdpCodecName[],
    { telephoneEvent = false, silenceSuppression = false }: OfferedExtras,
  ): PayloadFormat[] {
    const formats = codecs.map((name) => this.#withDtx(this.format(codecFormat(name)), silenceSuppression));
    // RFC 3389 §5.1: for codecs of its clock that have no silence of their own
    if (silenceSuppression && codecs.some((name) => NEEDS_NOISE.includes(name))) formats.push(COMFORT_NOISE);
    if (!telephoneEvent) return formats;
    // RFC 4733 §2.1: events share the clock of the audio that they interrupt; 8000 is the one that everybody knows.
    const clocks = [8_000, ...(codecs.includes('opus') ? [48_000] : [])];
    return [...formats, ...clocks.map((clockRateHz) => this.telephoneEvent(clockRateHz))];
  }

  format({ name, payloadType, clockRateHz, channels, parameters }: CodecFormat): PayloadFormat {
    const type = this.#typeFor(codecKey(name), payloadType);
    return { payloadType: type, encodingName: name, clockRateHz, channels, parameters };
  }

  /** RFC 7587 §6.1: that the peer may leave silence out as well. */
  #withDtx(format: PayloadFormat, isWanted: boolean): PayloadFormat {
    if (!isWanted || format.encodingName !== 'opus') return format;
    return { ...format, parameters: { ...format.parameters, usedtx: '1' } };
  }

  telephoneEvent(clockRateHz: number): PayloadFormat {
    const payloadType = this.#typeFor(telephoneEventKey(clockRateHz), TELEPHONE_EVENT_TYPES[clockRateHz] ?? 101);
    const parameters = { [TELEPHONE_EVENTS]: '' };
    return { payloadType, encodingName: TELEPHONE_EVENT, clockRateHz, channels: 1, parameters };
  }

  #typeFor(key: string, preferred: number): number {
    const known = this.#types.get(key);
    if (known !== undefined) return known;
    const taken = new Set(this.#types.values());
    let type = preferred;
    if (taken.has(type)) for (type = FIRST_DYNAMIC; taken.has(type) && type < LAST_PAYLOAD_TYPE;) type++;
    this.#types.set(key, type);
    return type;
  }
}

export const codecKey = (name: SdpCodecName): string => name;
export const telephoneEventKey = (clockRateHz: number): string => `${TELEPHONE_EVENT}/${clockRateHz}`;
