// A server's certificate that the phone does not believe by itself: the user is asked, once.
import * as v from 'valibot';

export const certificateQuestionSchema = v.object({
  id: v.string(),
  /** The account that wanted to reach the server, where one is known. */
  accountId: v.optional(v.string()),
  /** `domain:port` of the server. */
  host: v.string(),
  /** SHA-256, upper-case pairs with colons. */
  fingerprint: v.string(),
  subject: v.string(),
  issuer: v.string(),
  validUntilMs: v.number(),
  reason: v.picklist(['unknownIssuer', 'wrongDomain', 'expired', 'changed']),
  /** What was trusted before, for `changed`. */
  pinnedFingerprint: v.optional(v.string()),
});

export type CertificateQuestion = v.InferOutput<typeof certificateQuestionSchema>;
