// An account as the config file and account.save take it, and as the view shows it (without its password).
import * as v from 'valibot';

export const TRANSPORTS = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;
export const CODECS = ['opus', 'G722', 'PCMA', 'PCMU', 'L16'] as const;

// RFC 3261 §7.3.1: what goes into a header is one line, and a line break in it would begin another header
const text = v.pipe(
  v.string(),
  v.maxLength(1024),
  v.regex(/^\P{Cc}*$/u, 'must not contain line breaks or other control characters'),
);
const nonEmpty = v.pipe(text, v.trim(), v.minLength(1, 'must not be empty'));

/** All but `address` have defaults; what is undefined is taken from the address. */
export const accountSchema = v.strictObject({
  id: v.optional(v.pipe(nonEmpty, v.regex(/^[\w.@-]{1,128}$/, 'letters, digits, . _ @ - only'))),
  address: nonEmpty,
  displayName: v.optional(text, ''),
  username: v.optional(text),
  authUsername: v.optional(text),
  password: v.optional(text),
  registrar: v.optional(nonEmpty),
  register: v.optional(v.boolean(), true),
  registerExpiresSec: v.optional(v.pipe(v.number(), v.integer(), v.minValue(30), v.maxValue(86_400)), 300),
  outboundProxies: v.optional(v.array(nonEmpty), []),
  transport: v.optional(v.picklist(TRANSPORTS), 'udp'),
  /** A port that this account has for itself, 0 for any; null: it shares those of the phone. */
  listenPort: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535))), null),
  /** Which addresses of the provider's servers are used. */
  addressFamily: v.optional(v.picklist(['any', 'ipv4', 'ipv6']), 'any'),
  codecs: v.optional(v.pipe(v.array(v.picklist(CODECS)), v.minLength(1)), ['opus', 'G722', 'PCMA', 'PCMU']),
  srtp: v.optional(v.picklist(['off', 'optional', 'required', 'dtls']), 'off'),
  ice: v.optional(v.boolean(), false),
  stunServer: v.optional(v.nullable(text), null),
  /** A relay, `turn:name:port` or `turns:name:port`, also with `?transport=tcp`. RFC 7065 */
  turnServer: v.optional(v.nullable(text), null),
  turnUsername: v.optional(text, ''),
  turnPassword: v.optional(text),
  dtmf: v.optional(v.picklist(['auto', 'rfc4733', 'info', 'inband']), 'auto'),
  sessionTimerSec: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(86_400)), 1800),
  reliableProvisional: v.optional(v.picklist(['off', 'supported', 'required']), 'supported'),
  /** Voice messages at the server: asked for, only listened to, or neither. */
  messageWaiting: v.optional(v.picklist(['subscribe', 'unsolicited', 'off']), 'subscribe'),
  /** Uses the GRUU that the registrar gives as Contact. RFC 5627 */
  gruu: v.optional(v.boolean(), false),
  /** Which challenges are answered. RFC 7616, RFC 8760 */
  digestPolicy: v.optional(
    v.strictObject({ allowMd5: v.optional(v.boolean(), true), requireQop: v.optional(v.boolean(), false) }),
    {},
  ),
  /** Calls are placed without saying who calls. RFC 3323, RFC 3325 */
  hideIdentity: v.optional(v.boolean(), false),
  /** Calls to the `sip:` form of the address are refused, only `sips:` is served. RFC 5630 */
  sipsRequired: v.optional(v.boolean(), false),
  /** Whether a caller may have the phone answer by itself: those of the own server's word, and those listed. RFC 5373 */
  answerMode: v.optional(v.picklist(['never', 'trusted']), 'never'),
  /** A SIP address that is told how each call sounded; null: nobody is. RFC 6035 */
  qualityCollector: v.optional(v.nullable(nonEmpty), null),
  autoAnswerCallers: v.optional(v.pipe(v.array(nonEmpty), v.maxLength(100)), []),
});

export type AccountInput = v.InferInput<typeof accountSchema>;
export type AccountConfig = v.InferOutput<typeof accountSchema>;

export const accountViewSchema = v.object({
  id: v.string(),
  address: v.string(),
  displayName: v.string(),
  registration: v.picklist(['registered', 'registering', 'unregistered', 'failed']),
  statusCode: v.optional(v.number()),
  reason: v.optional(v.string()),
  expiresAtMs: v.optional(v.number()),
  /** What waits in the server's mailbox; null while nothing is known. RFC 3842 */
  voicemail: v.nullable(
    v.object({
      isWaiting: v.boolean(),
      newCount: v.nullable(v.number()),
      oldCount: v.nullable(v.number()),
      address: v.nullable(v.string()),
    }),
  ),
  /** The built-in test line, present while there is no other account. */
  isTestLine: v.boolean(),
  /** Everything that account.save would take, but the passwords. */
  settings: v.omit(accountSchema, ['password', 'turnPassword']),
});

export type AccountView = v.InferOutput<typeof accountViewSchema>;
