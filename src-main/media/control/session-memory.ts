// What the supervision remembers of each session, so that a lost process can be replaced unnoticed.
import type {
  DtlsAssociation,
  FoundPath,
  KeptPlaces,
  MediaEvents,
  SendPosition,
  SendSource,
  SessionConfig,
  SessionResume,
  SessionStream,
  SrtpPosition,
  TurnAccount,
} from '../session/index.ts';

/** Packets that may have been sent after the last position was told are skipped, never sent twice. */
const SAFETY_PACKETS = 2;
/** Under a key a number that is used twice gives both packets away, so that more of them are skipped: of sound and of reports. */
const SAFETY_UNDER_KEY = 10;
const SAFETY_REPORTS = 64;

const NOTHING_TOLD: SrtpPosition = { sent: { index: -1, reports: 0 }, received: [] };

export interface RememberedSession {
  config: SessionConfig;
  rtpPort: number;
  source: SendSource;
  stream: SessionStream | undefined;
  isMuted: boolean;
  volume: number;
  playsToDevice: boolean;
  sendLossFraction: number;
  recordingFile: string | undefined;
  position: (SendPosition & { readonly atMs: number }) | undefined;
  srtp: SrtpPosition | undefined;
  dtls: DtlsAssociation | undefined;
  /** The way that sound takes; none before one is found. */
  way: FoundPath['pairs'];
  /** Where a relay was asked for last. */
  turn: TurnAccount | undefined;
  /** What the relay has given, where it outlives the process. */
  places: KeptPlaces['places'];
}

/** The sessions that are open, by what was asked of them and what they told. */
export class SessionMemory {
  readonly #sessions = new Map<string, RememberedSession>();

  get isEmpty(): boolean {
    return this.#sessions.size === 0;
  }

  all(): Iterable<readonly [sessionId: string, session: RememberedSession]> {
    return this.#sessions;
  }

  add(sessionId: string, config: SessionConfig, rtpPort: number): void {
    this.#sessions.set(sessionId, rememberSession(config, rtpPort));
  }

  forget(sessionId: string): void {
    this.#sessions.delete(sessionId);
  }

  /** Does nothing for one that is not open. */
  change(sessionId: string, change: (session: RememberedSession) => void): void {
    const session = this.#sessions.get(sessionId);
    if (session) change(session);
  }

  notePosition({ sessionId, position, srtp, dtls }: SessionResume, atMs: number): void {
    this.change(sessionId, (session) => {
      session.position = position && { ...position, atMs };
      session.srtp = srtp;
      session.dtls = dtls;
    });
  }

  notePath({ sessionId, pairs }: MediaEvents['pathFound']): void {
    this.change(sessionId, (session) => (session.way = pairs));
  }

  noteKept({ sessionId, places }: KeptPlaces): void {
    this.change(sessionId, (session) => (session.places = places));
  }

  forgetRecording({ sessionId }: MediaEvents['recordingEnded']): void {
    this.change(sessionId, (session) => (session.recordingFile = undefined));
  }
}

export function rememberSession(config: SessionConfig, rtpPort: number): RememberedSession {
  return {
    config,
    rtpPort,
    source: config.source,
    stream: undefined,
    isMuted: false,
    volume: 1,
    playsToDevice: config.playsToDevice,
    sendLossFraction: 0,
    recordingFile: undefined,
    position: undefined,
    srtp: undefined,
    dtls: undefined,
    way: [],
    turn: undefined,
    places: [],
  };
}

/** Whether sound came by a place at a relay that is lost with the process: one that a stream led to. RFC 8656 §3.1 */
export const hasLostRelay = ({ way, places }: RememberedSession): boolean =>
  places.length === 0 && way.some(({ local }) => local.kind === 'relay');

/** The configuration with which a successor opens the session, its stream advanced to `nowMs`. */
export function resumedConfig(sessionId: string, session: RememberedSession, nowMs: number): SessionConfig {
  const { config, position, stream, source, playsToDevice, rtpPort, dtls } = session;
  // Keys that were set since the last position was told count as used.
  const srtp = session.srtp ?? (stream?.srtp && NOTHING_TOLD);
  const same = { ...config, source, playsToDevice };
  const { turn, places, way } = session;
  const relay = turn && places.length > 0 && { relay: { account: turn, places } };
  const place = { sessionId, rtpPort, ...(way.length > 0 && { way }), ...relay };
  if (!position) return { ...same, resume: place };
  const { packetMs, clockRateHz } = stream?.codecs[0] ?? { packetMs: 20, clockRateHz: 8000 };
  const packets = Math.ceil((nowMs - position.atMs) / packetMs) + SAFETY_PACKETS;
  const advanced: SendPosition = {
    ssrc: position.ssrc,
    sequence: (position.sequence + packets + (srtp ? SAFETY_UNDER_KEY : 0)) & 0xffff,
    timestamp: (position.timestamp + Math.round((packets * packetMs * clockRateHz) / 1000)) >>> 0,
  };
  if (!srtp) return { ...same, resume: { ...place, position: advanced } };
  const sent = { ...srtp.sent, reports: srtp.sent.reports + SAFETY_REPORTS };
  return {
    ...same,
    resume: { ...place, position: advanced, srtp: { ...srtp, sent }, ...(dtls && { dtls }) },
  };
}
