// Contacts, presence and text messages, as commands take them and the view shows them.
import * as v from 'valibot';

const text = (limit: number) => v.pipe(v.string(), v.maxLength(limit));
const ACTIVITIES = ['available', 'away', 'busy', 'onThePhone', 'offline'] as const;

export const contactSchema = v.object({
  id: v.string(),
  displayName: v.string(),
  address: v.string(),
  note: v.string(),
  isWatched: v.boolean(),
  isFavourite: v.boolean(),
});

/** Without an id it is a new one. */
export const contactDraftSchema = v.strictObject({
  id: v.optional(text(128)),
  displayName: v.optional(text(256), ''),
  address: text(1024),
  note: v.optional(text(4096), ''),
  isWatched: v.optional(v.boolean(), false),
  isFavourite: v.optional(v.boolean(), false),
});

export const textMessageSchema = v.object({
  id: v.string(),
  accountId: v.string(),
  direction: v.picklist(['incoming', 'outgoing']),
  remote: v.object({ displayName: v.string(), address: v.string() }),
  text: v.string(),
  atMs: v.number(),
  status: v.picklist(['sending', 'sent', 'delivered', 'displayed', 'failed', 'received']),
  isRead: v.boolean(),
});

export const conversationSchema = v.object({
  address: v.string(),
  displayName: v.string(),
  accountId: v.string(),
  unreadCount: v.number(),
  /** They are writing. RFC 3994 */
  isComposing: v.boolean(),
  lastText: v.string(),
  lastAtMs: v.number(),
});

export const watchedPersonSchema = v.object({
  address: v.string(),
  accountId: v.string(),
  activity: v.nullable(v.picklist(ACTIVITIES)),
  note: v.string(),
  /** The lamp of their line; null while their server does not tell. */
  line: v.nullable(v.picklist(['idle', 'ringing', 'inUse'])),
  reason: v.optional(v.string()),
});

export const ownPresenceSchema = v.strictObject({
  activity: v.picklist(ACTIVITIES),
  note: v.optional(text(200), ''),
});

export const presenceViewSchema = v.object({
  /** Null while the user has published nothing. */
  own: v.nullable(ownPresenceSchema),
  watched: v.array(watchedPersonSchema),
});

export const textSettingsSchema = v.strictObject({
  sendDelivered: v.optional(v.boolean(), false),
  sendDisplayed: v.optional(v.boolean(), false),
  requestReports: v.optional(v.boolean(), false),
  sendComposing: v.optional(v.boolean(), false),
});

export const presenceSettingsSchema = v.strictObject({
  /** Who may watch the user's presence and line at this phone. */
  share: v.optional(v.picklist(['nobody', 'contacts', 'everybody']), 'nobody'),
  /** Whoever may watch this phone may also pick up what rings here, and ask to join its calls. */
  allowPickUp: v.optional(v.boolean(), false),
});

export type ContactView = v.InferOutput<typeof contactSchema>;
export type TextMessage = v.InferOutput<typeof textMessageSchema>;
export type Conversation = v.InferOutput<typeof conversationSchema>;
export type PresenceView = v.InferOutput<typeof presenceViewSchema>;
export type WatchedPersonView = v.InferOutput<typeof watchedPersonSchema>;
