// Where messages are sent on to: e-mail, a web server, a folder.
import * as v from 'valibot';

const line = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(1024));

const mailSchema = v.strictObject({
  host: line,
  port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)), 587),
  /** `tls` from the first byte, `startTls` before anything is said, `none` for a server on this machine. */
  security: v.optional(v.picklist(['tls', 'startTls', 'none']), 'startTls'),
  username: v.optional(v.string(), ''),
  from: line,
  to: line,
  attachesSound: v.optional(v.boolean(), true),
});

const webhookSchema = v.strictObject({
  url: v.pipe(line, v.url(), v.regex(/^https?:/i, 'a web address begins with http: or https:')),
});

export const deliverySettingsSchema = v.strictObject({
  mail: v.optional(v.nullable(mailSchema), null),
  webhook: v.optional(v.nullable(webhookSchema), null),
  /** Every message is copied there under a name that says who and when. */
  folder: v.optional(v.nullable(line), null),
});

/** As the config file has it: with the password, which is not among what is saved. */
export const deliveryConfigSchema = v.strictObject({
  settings: v.optional(deliverySettingsSchema, {}),
  mailPassword: v.optional(v.string(), ''),
});

/** delivery.set changes only what is given; null takes a way out of use. */
export const deliveryChangeSchema = v.strictObject({
  mail: v.optional(v.nullable(mailSchema)),
  mailPassword: v.optional(v.string()),
  webhook: v.optional(v.nullable(webhookSchema)),
  folder: v.optional(v.nullable(line)),
});

export const deliveryViewSchema = v.object({
  settings: deliverySettingsSchema,
  /** How many have not arrived yet. */
  pendingCount: v.number(),
});

export type DeliveryView = v.InferOutput<typeof deliveryViewSchema>;
