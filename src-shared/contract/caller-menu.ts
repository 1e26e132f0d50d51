// What callers of the answering machine may choose by key, and who may ring through. Part of the settings of away mode.
import * as v from 'valibot';

const address = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(1024));
const addresses = v.pipe(v.array(address), v.maxLength(500));
const seconds = (from: number, to: number) => v.pipe(v.number(), v.minValue(from), v.maxValue(to));

const screening = v.picklist(['off', 'whenAway', 'always']);

/** Part of the settings of away mode. */
export const menuEntries = {
  /** After the greeting: 1 leaves a message, 2 asks to be called back. */
  callerMenu: v.optional(v.boolean(), false),
  /** Who presses nothing for so long after the menu was said leaves a message. */
  menuWaitSec: v.optional(seconds(1, 60), 4),
  /** Who may ring through by 0 and a PIN: these addresses, with or without `sip:`. */
  ringThroughCallers: v.optional(addresses, []),
  /** And the user's contacts. */
  ringThroughContacts: v.optional(v.boolean(), false),
  /** The menu tells those who may that 0 rings through. */
  saysRingThrough: v.optional(v.boolean(), false),
  /** How long it rings then, before a message is taken. */
  ringThroughSec: v.optional(seconds(5, 120), 20),
  /** Callers who are no contacts are asked for their name first; `always`: also when the user is not away. */
  screening: v.optional(screening, 'off'),
};

/** The same, where only what is given is changed. */
export const menuChangeEntries = {
  callerMenu: v.optional(v.boolean()),
  menuWaitSec: v.optional(seconds(1, 60)),
  ringThroughCallers: v.optional(addresses),
  ringThroughContacts: v.optional(v.boolean()),
  saysRingThrough: v.optional(v.boolean()),
  ringThroughSec: v.optional(seconds(5, 120)),
  screening: v.optional(screening),
};
