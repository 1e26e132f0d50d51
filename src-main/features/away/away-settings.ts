// What the user sets of the answering machine.
import type { CalendarSettings } from './calendar/index.ts';
import type { GreetingSettings } from './greeting/index.ts';
import type { WaySettings } from './ways-in/index.ts';

export interface AwaySettings extends WaySettings, GreetingSettings {
  /** Whose entries switch the machine on. */
  readonly calendar: CalendarSettings | null;
  readonly beep: boolean;
  /** After the greeting the caller is told that what he says is recorded. */
  readonly notice: boolean;
  /** The greeting comes before the answer, so that the caller pays for nothing but the message. */
  readonly earlyGreeting: boolean;
  readonly maxMessageSec: number;
  readonly endOnSilenceSec: number;
  readonly minMessageSec: number;
  /** How many callers the machine takes at once. */
  readonly maxCallers: number;
  /** What becomes of the recording when the user picks up. */
  readonly afterPickUp: 'record' | 'stop';
}
