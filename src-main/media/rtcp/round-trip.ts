// NTP times of reports and the round trip that they give away. RFC 3550 §4, §6.4.1.

/** Seconds between 1900 (NTP) and 1970. */
const NTP_EPOCH_SEC = 2_208_988_800;

export interface NtpTime {
  readonly sec: number;
  readonly fraction: number;
}

/** Milliseconds since 1970 as NTP time. */
export function ntpTime(wallMs: number): NtpTime {
  const sec = Math.floor(wallMs / 1000);
  return { sec: (sec + NTP_EPOCH_SEC) >>> 0, fraction: Math.floor(((wallMs - sec * 1000) / 1000) * 2 ** 32) >>> 0 };
}

/** RFC 3550 §4: the middle 32 bits, in units of 1/65536 s. */
export const compactNtp = ({ sec, fraction }: NtpTime): number => ((sec << 16) | (fraction >>> 16)) >>> 0;

/** RFC 3550 §6.4.1: A - LSR - DLSR; undefined when the peer had no report of ours yet or the sum is senseless. */
export function roundTripMs(nowWallMs: number, lastSenderReport: number, delaySinceLast: number): number | undefined {
  if (lastSenderReport === 0) return undefined;
  const units = (compactNtp(ntpTime(nowWallMs)) - lastSenderReport - delaySinceLast) | 0;
  // A clock that is a little off may give a small negative time on a short path.
  return units < -65_536 || units > 65_536 * 60 ? undefined : Math.max(0, (units * 1000) / 65_536);
}
