// What this user agent says of itself and where its limits are.

export interface UserAgentSettings {
  /** User-Agent and Server. */
  readonly userAgent: string;
  /** INVITE sessions at a time, early ones included; a further INVITE is answered 486. */
  readonly maxSessions: number;
  /** Early dialogs of one outgoing INVITE; responses of further branches are not followed. */
  readonly maxForks: number;
  /** Smallest session interval that we accept. RFC 4028 §5 */
  readonly minSessionExpiresSec: number;
}

export const USER_AGENT_DEFAULTS: UserAgentSettings = {
  userAgent: 'Nightjar',
  maxSessions: 256,
  maxForks: 16,
  minSessionExpiresSec: 90,
};

/** RFC 3261 §20.37: extensions that work in full, so that a peer may require them. */
export const SUPPORTED_OPTIONS = [
  '100rel',
  'timer',
  'replaces',
  'join',
  'norefersub',
  'from-change',
  'histinfo',
] as const;

/** Methods of known RFCs: what we do not serve of them is 405, anything else is 501. */
export const KNOWN_METHODS: readonly string[] = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'REGISTER',
  'PRACK',
  'UPDATE',
  'INFO',
  'REFER',
  'NOTIFY',
  'SUBSCRIBE',
  'MESSAGE',
  'PUBLISH',
];

/** Served within INVITE sessions by this floor itself. */
export const SESSION_METHODS: readonly string[] = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'PRACK',
  'UPDATE',
  'INFO',
  'REFER',
  'NOTIFY',
];

/** Bodies that offer or answer a session. */
export const SESSION_BODY_TYPE = 'application/sdp';
