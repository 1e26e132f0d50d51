// What SDP says of keys by DTLS: whose certificate it is, and who begins the handshake. RFC 8122 §5, RFC 4145 §4, RFC 5763 §5.
import { attributeValues, type MediaDescription } from './session-description.ts';

/** By which a certificate is known. RFC 8122 §5 */
export interface Fingerprint {
  /** `sha-256`, in small letters. */
  readonly hash: string;
  /** Pairs of capital digits with colons between them. */
  readonly digits: string;
}

export type Setup = 'active' | 'passive' | 'actpass';

export interface DtlsAttributes {
  readonly fingerprints: readonly [Fingerprint, ...Fingerprint[]];
  readonly setup: Setup;
}

/** How many fingerprints of a line are looked at. */
const MAX_FINGERPRINTS = 8;
const FINGERPRINT = /^([A-Za-z0-9-]{1,16}) ([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){15,63})[ \t]*$/;
/** Weaker ones are no proof any more. RFC 8122 §5.1 */
const HASHES: readonly string[] = ['sha-256', 'sha-384', 'sha-512'];

/** Undefined when the line has no fingerprint that is believed, or does not want a handshake now. */
export function readDtls(media: Pick<MediaDescription, 'attributes'>): DtlsAttributes | undefined {
  const [first, ...others] = attributeValues(media, 'fingerprint').slice(0, MAX_FINGERPRINTS).flatMap(readFingerprint);
  const setup = readSetup(attributeValues(media, 'setup')[0]);
  return first && setup && { fingerprints: [first, ...others], setup };
}

function readFingerprint(value: string): Fingerprint[] {
  const [, hash = '', digits = ''] = FINGERPRINT.exec(value) ?? [];
  return HASHES.includes(hash.toLowerCase()) ? [{ hash: hash.toLowerCase(), digits: digits.toUpperCase() }] : [];
}

/** RFC 4145 §4.1: an offer that says nothing begins itself; `holdconn` wants no handshake. */
function readSetup(value: string | undefined): Setup | undefined {
  const text = value?.trim().toLowerCase() ?? 'active';
  return text === 'active' || text === 'passive' || text === 'actpass' ? text : undefined;
}

export const formatDtls = (fingerprint: string, setup: Setup): readonly string[] => [
  `fingerprint:sha-256 ${fingerprint}`,
  `setup:${setup}`,
];
