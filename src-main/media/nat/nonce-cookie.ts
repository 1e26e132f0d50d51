// What a server can, as its nonce says it, so that nobody on the way takes it away unseen. RFC 8489 §9.2.1, §18.1.

const COOKIE = /^obMatJos2([A-Za-z\d+/]{4})/;

export interface SecurityFeatures {
  /** It lists the ways to prove a password. */
  readonly passwordAlgorithms: boolean;
  /** It knows people by a hash of their names. */
  readonly usernameAnonymity: boolean;
}

const NONE: SecurityFeatures = { passwordAlgorithms: false, usernameAnonymity: false };

/**
 * INTEROP: RFC 8489 §9.2 counts the bits from the left, its example and an erratum from the right, and servers do both. No other bits
 * are given away, so that either may be meant.
 */
const PASSWORD_ALGORITHMS = 0x80_00_01;
const USERNAME_ANONYMITY = 0x40_00_02;

/** Of a server that says nothing, nothing. */
export function securityFeaturesOf(nonce: string): SecurityFeatures {
  const encoded = COOKIE.exec(nonce)?.[1];
  if (encoded === undefined) return NONE;
  const bits = Buffer.from(encoded, 'base64').readUIntBE(0, 3);
  return {
    passwordAlgorithms: (bits & PASSWORD_ALGORITHMS) !== 0,
    usernameAnonymity: (bits & USERNAME_ANONYMITY) !== 0,
  };
}
