// From an iCalendar text to the times in which its owner is busy. RFC 5545
import ical, {
  type CalendarComponent,
  type ExpandRecurringEventOptions,
  type ParameterValue,
  type VEvent,
} from 'node-ical';
import { err, ok, type Result } from '../../../base/result.ts';

export interface CalendarQuestion {
  readonly text: string;
  /** Only entries whose title has this word in it; empty: all. */
  readonly word: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface BusySpan {
  readonly fromMs: number;
  /** Excluded. */
  readonly untilMs: number;
}

/** More than a person can have in two months. */
const MAX_SPANS = 5_000;

/** Entries in order of time; those that cannot be read are passed over. The error is a sentence for people. */
export function busyTimes({ text, word, fromMs, untilMs }: CalendarQuestion): Result<readonly BusySpan[], string> {
  if (!/^BEGIN:VCALENDAR/im.test(text)) return err('This is not a calendar (an .ics file).');
  const window = { from: new Date(fromMs), to: new Date(untilMs), expandOngoing: true };
  const spans = entriesOf(text).flatMap((entry) => (entry.type === 'VEVENT' ? spansOf(entry, word, window) : []));
  const inWindow = spans.filter((span) => span.untilMs > Math.max(span.fromMs, fromMs) && span.fromMs < untilMs);
  return ok(inWindow.sort((a, b) => a.fromMs - b.fromMs).slice(0, MAX_SPANS));
}

/** One entry that the library throws at spoils them all: then each is read by itself, with what belongs to it. */
function entriesOf(text: string): CalendarComponent[] {
  try {
    return parse(text);
  } catch {
    return byUid(text).flatMap((part) => {
      try {
        return parse(part);
      } catch {
        return [];
      }
    });
  }
}

const parse = (text: string): CalendarComponent[] =>
  Object.values(ical.sync.parseICS(text)).filter((entry) => entry !== undefined);

/** RFC 5545 §3.8.4.7: entries that repeat, and what was changed in single ones of them, have the same UID. */
function byUid(text: string): string[] {
  const [head = '', ...pieces] = text.split(/^(?=BEGIN:VEVENT)/m);
  const groups = new Map<string, string>();
  for (const piece of pieces) {
    const entry = piece.replace(/^END:VEVENT[^]*/m, 'END:VEVENT\r\n');
    const uid = /^UID:.*$/m.exec(entry)?.[0] ?? '';
    groups.set(uid, (groups.get(uid) ?? '') + entry);
  }
  return [...groups.values()].map((entries) => `${head}${entries}END:VCALENDAR\r\n`);
}

function spansOf(entry: VEvent, word: string, window: ExpandRecurringEventOptions): BusySpan[] {
  try {
    return ical
      .expandRecurringEvent(entry, window)
      .filter(({ event, summary }) => takesTime(event) && textOf(summary).toLowerCase().includes(word.toLowerCase()))
      .map(({ start, end }) => ({ fromMs: start.getTime(), untilMs: end.getTime() }));
  } catch {
    // A date that is none, or a rule that repeats it without end.
    return [];
  }
}

/** RFC 5545 §3.8.2.7: what is transparent leaves its owner free. §3.8.1.11: what is cancelled does not take place. */
function takesTime(event: VEvent): boolean {
  const busyStatus: unknown = (event as { readonly 'MICROSOFT-CDO-BUSYSTATUS'?: unknown })['MICROSOFT-CDO-BUSYSTATUS'];
  return event.transparency !== 'TRANSPARENT' && event.status !== 'CANCELLED' && busyStatus !== 'FREE';
}

const textOf = (value: ParameterValue | undefined): string => (typeof value === 'object' ? value.val : (value ?? ''));
