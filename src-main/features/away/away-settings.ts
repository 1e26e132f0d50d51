// What the user sets of the answering machine.
import type { CalendarSettings } from './calendar/index.ts';
import type { GreetingSettings } from './greeting/index.ts';
import type { WaySettings } from './ways-in/index.ts';

/** What callers may choose by key, and who may ring through. */
export interface MenuSettings {
  readonly callerMenu: boolean;
  readonly menuWaitSec: number;
  readonly ringThroughCallers: readonly string[];
  readonly ringThroughContacts: boolean;
  readonly saysRingThrough: boolean;
  readonly ringThroughSec: number;
  /** When callers whom nobody knows are asked for their name. */
  readonly screening: 'off' | 'whenAway' | 'always';
}

export interface AwaySettings extends WaySettings, GreetingSettings, MenuSettings {
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
