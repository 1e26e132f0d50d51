// Times, durations and addresses as people read them.

/** `3:07`, `1:02:45`. */
export function formatDuration(totalSec: number): string {
  const seconds = Math.max(0, Math.floor(totalSec));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

const DAY_MS = 86_400_000;
const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long', hour: 'numeric', minute: '2-digit' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

/** `14:05` today, `Tuesday 14:05` within six days before or after, else the date. */
export function formatMoment(atMs: number, nowMs: number): string {
  const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  if (isToday) return clock.format(atMs);
  return Math.abs(nowMs - atMs) < 6 * DAY_MS ? weekday.format(atMs) : date.format(atMs);
}

/** The built-in test line has a port that nobody has to know. */
const TEST_LINE_HOST = /^127\.0\.0\.1(:\d+)?$/;

/** `sip:bob@example.com` → `bob@example.com`; a name or number alone on the test line, a telephone number alone anywhere. */
export function shortAddress(address: string): string {
  const bare = address.replace(/^(sips?|tel):/i, '').replace(/[;?].*$/, '');
  const [user = bare, host] = bare.split('@');
  if (host !== undefined && TEST_LINE_HOST.test(host)) return user;
  return /^\+?[\d*#]{3,}$/.test(user) ? user : bare;
}

interface Party {
  readonly displayName: string;
  readonly address: string;
  readonly isAnonymous?: boolean | undefined;
}

/** RFC 3323 §4.1.1.3: an address of nobody. */
const ANONYMOUS_HOST = /@anonymous\.invalid$/i;

/** The name to show for somebody: the display name, else the short address. */
export const nameOf = ({ displayName, address, isAnonymous }: Party): string =>
  isAnonymous === true || ANONYMOUS_HOST.test(address)
    ? 'Anonymous caller'
    : displayName || shortAddress(address) || 'Unknown caller';

/** One or two letters for a round badge. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s._@-]+/).filter((word) => /\p{L}/u.test(word));
  const letters = words.slice(0, 2).map((word) => /\p{L}/u.exec(word)?.[0] ?? '');
  return letters.join('').toUpperCase() || '#';
}

/** A reason as the phone gives it, as a sentence. */
export const sentence = (text: string): string =>
  text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
