// What crosses between phone and media process, and the checks that it is what it says.
import type { AudioSpec, MediaEngine, KeptPlaces, MediaEvents, SessionResume, WindowTold } from '../session/index.ts';

/** Everything that can be asked of the engine by message. */
export type Method = Exclude<keyof MediaEngine, 'events' | 'close' | 'takeFromWindow'>;

type ArgumentKind = 'string' | 'boolean' | 'number' | 'object' | 'strings';

interface MethodShape {
  readonly args: readonly ArgumentKind[];
  /** Takes as long as sound takes: digits and playback. */
  readonly isLong?: true;
}

export const METHODS: Readonly<Record<Method, MethodShape>> = {
  reservePorts: { args: ['object'] },
  openSession: { args: ['object'] },
  moveSession: { args: ['string', 'string'] },
  findCandidates: { args: ['string', 'object'] },
  setStream: { args: ['string', 'object'] },
  setSource: { args: ['string', 'object'] },
  setMuted: { args: ['string', 'boolean'] },
  setVolume: { args: ['string', 'number'] },
  setPlaysToDevice: { args: ['string', 'boolean'] },
  setSendLoss: { args: ['string', 'number'] },
  sendDigits: { args: ['string', 'string'], isLong: true },
  startRecording: { args: ['string', 'object'] },
  loosenRecording: { args: ['string'] },
  stopRecording: { args: ['string'] },
  getStatistics: { args: ['string'] },
  closeSession: { args: ['string'] },
  playTone: { args: ['string', 'string'] },
  stopTone: { args: ['string'] },
  playFile: { args: ['string', 'object'], isLong: true },
  exportFile: { args: ['string', 'string', 'string'], isLong: true },
  measureFile: { args: ['string'], isLong: true },
  stopFile: { args: [] },
  setSoundKeys: { args: ['object'] },
  listDevices: { args: [] },
  selectDevice: { args: ['string', 'string'] },
  selectBackend: { args: ['string'] },
  getAudioStatus: { args: [] },
  setConference: { args: ['strings'] },
};

export type ToServer =
  | { readonly kind: 'start'; readonly audio: AudioSpec }
  | { readonly kind: 'call'; readonly id: number; readonly method: Method; readonly args: readonly unknown[] }
  | { readonly kind: 'window'; readonly told: WindowTold }
  | { readonly kind: 'close' };

export type FromServer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'event'; readonly name: keyof MediaEvents; readonly payload: unknown }
  | { readonly kind: 'position'; readonly resume: SessionResume }
  | { readonly kind: 'kept'; readonly kept: KeptPlaces }
  | { readonly kind: 'stuck'; readonly reason: string }
  | { readonly kind: 'closed' };

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isMethod = (value: unknown): value is Method => typeof value === 'string' && Object.hasOwn(METHODS, value);

function isArgument(kind: ArgumentKind, value: unknown): boolean {
  switch (kind) {
    case 'string':
    case 'boolean':
    case 'number':
      return typeof value === kind;
    case 'object':
      return isFields(value);
    case 'strings':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
  }
}

/** Checks a message that came to the media process; undefined when it is none of ours. */
export function parseToServer(message: unknown): ToServer | undefined {
  if (!isFields(message)) return undefined;
  const { kind, id, method, args, audio, told } = message;
  if (kind === 'close') return { kind };
  if (kind === 'window') return isFields(told) ? { kind, told: told as unknown as WindowTold } : undefined;
  if (kind === 'start') return isFields(audio) ? { kind, audio: audio as unknown as AudioSpec } : undefined;
  if (kind !== 'call' || typeof id !== 'number' || !isMethod(method) || !Array.isArray(args)) return undefined;
  const shape = METHODS[method].args;
  if (args.length > shape.length) return undefined;
  return shape.every((argument, index) => isArgument(argument, args[index])) ? { kind, id, method, args } : undefined;
}

const EVENT_NAMES: Readonly<Record<keyof MediaEvents, true>> = {
  levels: true,
  statistics: true,
  digitReceived: true,
  microphone: true,
  encryptionAgreed: true,
  encryptionFailed: true,
  pathFound: true,
  pathLost: true,
  mediaStarted: true,
  sourceEnded: true,
  fileStarted: true,
  fileJumped: true,
  recordingEnded: true,
  audioChanged: true,
  restarted: true,
  window: true,
};

export const eventNames = Object.keys(EVENT_NAMES) as readonly (keyof MediaEvents)[];

const isEventName = (value: unknown): value is keyof MediaEvents =>
  typeof value === 'string' && Object.hasOwn(EVENT_NAMES, value);

function parseResume(value: unknown): SessionResume | undefined {
  if (!isFields(value) || typeof value['sessionId'] !== 'string' || !isFields(value['position'])) return undefined;
  const { ssrc, sequence, timestamp } = value['position'];
  const numbers = [value['rtpPort'], ssrc, sequence, timestamp];
  return numbers.every((item) => typeof item === 'number') ? (value as unknown as SessionResume) : undefined;
}

function parseKept(value: unknown): KeptPlaces | undefined {
  if (!isFields(value) || typeof value['sessionId'] !== 'string' || !Array.isArray(value['places'])) return undefined;
  return value['places'].every(isKeptPlace) ? (value as unknown as KeptPlaces) : undefined;
}

function isKeptPlace(value: unknown): boolean {
  if (!isFields(value) || !isFields(value['question']) || !Array.isArray(value['channels'])) return false;
  if (value['component'] !== 1 && value['component'] !== 2) return false;
  const { realm, nonce, algorithms } = value['question'];
  const isQuestion =
    typeof realm === 'string' && typeof nonce === 'string' && ['string', 'undefined'].includes(typeof algorithms);
  const isChannel = (channel: unknown): boolean =>
    isFields(channel) && isAddress(channel['peer']) && typeof channel['isBound'] === 'boolean';
  const addresses = [value['relay'], value['relayed'], value['mapped']];
  return isQuestion && addresses.every(isAddress) && value['channels'].every(isChannel);
}

const isAddress = (value: unknown): boolean =>
  isFields(value) && typeof value['address'] === 'string' && typeof value['port'] === 'number';

const parseAnswer = (id: unknown, answer: unknown): FromServer | undefined =>
  typeof id === 'number' && isAnswer(answer) ? { kind: 'answer', id, answer } : undefined;

/** Checks a message of the media process; undefined when it is none of ours. */
export function parseFromServer(message: unknown): FromServer | undefined {
  if (!isFields(message)) return undefined;
  const { kind, id, name, payload, reason } = message;
  switch (kind) {
    case 'ready':
    case 'closed':
      return { kind };
    case 'answer':
      return parseAnswer(id, message['answer']);
    case 'event':
      return isEventName(name) && isFields(payload) ? { kind, name, payload } : undefined;
    case 'position': {
      const resume = parseResume(message['resume']);
      return resume && { kind, resume };
    }
    case 'kept': {
      const kept = parseKept(message['kept']);
      return kept && { kind, kept };
    }
    case 'stuck':
      return typeof reason === 'string' ? { kind, reason } : undefined;
    default:
      return undefined;
  }
}

const isAnswer = (value: unknown): boolean => isFields(value) && typeof value['ok'] === 'boolean';
