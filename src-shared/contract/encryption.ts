// Messages encrypted at rest: the setting, and how far what is there has come.
import * as v from 'valibot';

const path = v.nullable(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(4096)));

/** As the config file has it. */
export const encryptionSettingsSchema = v.strictObject({
  /** The sound of messages is encrypted on the disk. */
  messages: v.optional(v.boolean(), false),
  /** A file with the key (32 bytes, made with mode 0600 where there is none); null: the key is in the secret store. */
  keyFile: v.optional(path, null),
});

export const encryptionViewSchema = v.object({
  messages: v.boolean(),
  /** Messages that are being encrypted or decrypted now; null when all are as they are wanted. */
  progress: v.nullable(v.object({ done: v.number(), total: v.number() })),
  /** How many messages cannot be heard because their key is not here. */
  lockedCount: v.number(),
});

export type EncryptionView = v.InferOutput<typeof encryptionViewSchema>;
