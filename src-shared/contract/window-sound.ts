// Sound between a window and the phone: small JSON messages that are checked, and binary messages of samples.
import * as v from 'valibot';
import { checkWith } from './contract.ts';

/** Everything is 48 kHz, one channel, 16 bits, in frames of 10 ms. */
export const SOUND_RATE_HZ = 48_000;
export const SOUND_FRAME_SAMPLES = 480;
/** More than this in one message is no sound of ours. */
export const MAX_SOUND_FRAMES = 10;

/** `off`: nobody needs it; `asking`: the browser waits for the person's word. */
export const microphoneStateSchema = v.picklist(['off', 'asking', 'on', 'refused', 'absent']);

const shortText = v.pipe(v.string(), v.maxLength(256));

export const windowDeviceSchema = v.strictObject({
  name: shortText,
  canCapture: v.boolean(),
  canPlay: v.boolean(),
  isDefaultCapture: v.boolean(),
  isDefaultPlayback: v.boolean(),
});

/** What the browser says that it does to the microphone's sound by itself. */
export const browserVoiceSchema = v.strictObject({
  cancelsEcho: v.boolean(),
  suppressesNoise: v.boolean(),
  controlsGain: v.boolean(),
});

/** What a window tells of its sound. */
export const windowReportSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('state'),
    microphone: microphoneStateSchema,
    /** The browser plays nothing before the person has clicked somewhere. */
    isBlocked: v.boolean(),
    voice: browserVoiceSchema,
  }),
  v.strictObject({ kind: v.literal('devices'), devices: v.pipe(v.array(windowDeviceSchema), v.maxLength(100)) }),
]);

/** What the phone asks of a window; `open` again changes what is open. */
export const windowOrderSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('open'),
    usesMicrophone: v.boolean(),
    captureName: v.optional(v.string()),
    playbackName: v.optional(v.string()),
    ringerName: v.optional(v.string()),
    voice: browserVoiceSchema,
  }),
  v.strictObject({ kind: v.literal('close') }),
]);

export type MicrophoneState = v.InferOutput<typeof microphoneStateSchema>;
export type WindowDevice = v.InferOutput<typeof windowDeviceSchema>;
export type BrowserVoice = v.InferOutput<typeof browserVoiceSchema>;
export type WindowReport = v.InferOutput<typeof windowReportSchema>;
export type WindowOrder = v.InferOutput<typeof windowOrderSchema>;

/** Where samples come from or go to. */
export const SOUND_PLACES = ['microphone', 'speaker', 'ringer'] as const;
export type SoundPlace = (typeof SOUND_PLACES)[number];

export interface SoundMessage {
  readonly place: SoundPlace;
  /** Whole frames. */
  readonly samples: Int16Array;
}

//  0        1        2                 4
// +--------+--------+-----------------+------------------------------
// | place  | zero   | frames, 16 bits | frames × 480 samples, 16 bits
// +--------+--------+-----------------+------------------------------   all little-endian
const HEADER_BYTES = 4;
const FRAME_BYTES = SOUND_FRAME_SAMPLES * 2;

/** A binary message; `samples` has one to ten whole frames. */
export function buildSoundMessage({ place, samples }: SoundMessage): ArrayBuffer {
  const bytes = new ArrayBuffer(HEADER_BYTES + samples.length * 2);
  const view = new DataView(bytes);
  view.setUint8(0, SOUND_PLACES.indexOf(place));
  view.setUint16(2, samples.length / SOUND_FRAME_SAMPLES, true);
  for (let i = 0; i < samples.length; i++) view.setInt16(HEADER_BYTES + i * 2, samples[i] ?? 0, true);
  return bytes;
}

/** The samples as a copy of their own; undefined when the bytes are no such message. */
export function parseSoundMessage(bytes: Uint8Array): SoundMessage | undefined {
  if (bytes.length < HEADER_BYTES + FRAME_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const place = SOUND_PLACES[view.getUint8(0)];
  const frames = view.getUint16(2, true);
  const isWhole = bytes.length === HEADER_BYTES + frames * FRAME_BYTES;
  if (place === undefined || view.getUint8(1) !== 0 || frames > MAX_SOUND_FRAMES || !isWhole) return undefined;
  const samples = new Int16Array(frames * SOUND_FRAME_SAMPLES);
  for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(HEADER_BYTES + i * 2, true);
  return { place, samples };
}

/** Longer texts say nothing of ours. */
const MAX_REPORT_LENGTH = 65_536;

/** What a window's text says; undefined when it is none of ours. */
export const parseWindowReport = (text: string): WindowReport | undefined => parseWith(windowReportSchema, text);

/** What the phone's text asks; undefined when it is none of ours. */
export const parseWindowOrder = (text: string): WindowOrder | undefined => parseWith(windowOrderSchema, text);

function parseWith<S extends v.GenericSchema>(schema: S, text: string): v.InferOutput<S> | undefined {
  if (text.length > MAX_REPORT_LENGTH) return undefined;
  try {
    const checked = checkWith(schema, JSON.parse(text));
    return checked.ok ? checked.value : undefined;
  } catch {
    return undefined;
  }
}
