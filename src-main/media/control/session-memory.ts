// What the supervision remembers of each session, so that a lost process can be replaced unnoticed.
import type { SendPosition, SendSource, SessionConfig, SessionStream } from '../session/index.ts';

/** Packets that may have been sent after the last position was told are skipped, never sent twice. */
const SAFETY_PACKETS = 2;

export interface RememberedSession {
  config: SessionConfig;
  rtpPort: number;
  source: SendSource;
  stream: SessionStream | undefined;
  isMuted: boolean;
  playsToDevice: boolean;
  sendLossFraction: number;
  recordingFile: string | undefined;
  position: (SendPosition & { readonly atMs: number }) | undefined;
}

export function rememberSession(config: SessionConfig, rtpPort: number): RememberedSession {
  return {
    config,
    rtpPort,
    source: config.source,
    stream: undefined,
    isMuted: false,
    playsToDevice: config.playsToDevice,
    sendLossFraction: 0,
    recordingFile: undefined,
    position: undefined,
  };
}

/** The configuration with which a successor opens the session, its stream advanced to `nowMs`. */
export function resumedConfig(sessionId: string, session: RememberedSession, nowMs: number): SessionConfig {
  const { config, position, stream, source, playsToDevice, rtpPort } = session;
  const same = { ...config, source, playsToDevice };
  if (!position) return { ...same, resume: { sessionId, rtpPort } };
  const { packetMs, clockRateHz } = stream?.codecs[0] ?? { packetMs: 20, clockRateHz: 8000 };
  const packets = Math.ceil((nowMs - position.atMs) / packetMs) + SAFETY_PACKETS;
  const advanced: SendPosition = {
    ssrc: position.ssrc,
    sequence: (position.sequence + packets) & 0xffff,
    timestamp: (position.timestamp + Math.round((packets * packetMs * clockRateHz) / 1000)) >>> 0,
  };
  return { ...same, resume: { sessionId, rtpPort, position: advanced } };
}
