// What a peer's certificate says, and whether it is believed. RFC 3261 §26.3.1, RFC 5922 §7.
import { isIpAddress } from '../syntax/index.ts';

export interface AlternativeName {
  readonly kind: 'uri' | 'dns' | 'ip';
  readonly value: string;
}

/** A certificate as read from the handshake. */
export interface PeerCertificate {
  /** SHA-256 in upper-case pairs with colons: what people compare. */
  readonly fingerprint: string;
  readonly subject: string;
  readonly issuer: string;
  readonly commonName?: string;
  /** Undefined when the certificate has no subjectAltName at all. */
  readonly alternativeNames?: readonly AlternativeName[];
  readonly validFromMs: number;
  readonly validUntilMs: number;
  /** Whether an authority that we trust stands behind it; its dates are judged apart. */
  readonly isIssuerKnown: boolean;
}

export type CertificateRefusalReason = 'unknownIssuer' | 'wrongDomain' | 'expired' | 'changed';

/** A certificate that was not believed, with all that a person needs to decide about it. */
export interface CertificateRefusal {
  /** The SIP domain that was to be reached. */
  readonly host: string;
  readonly port: number;
  readonly reason: CertificateRefusalReason;
  readonly certificate: PeerCertificate;
  /** The fingerprint that was trusted before, for `changed`. */
  readonly pinnedFingerprint?: string;
}

/** Whom the user trusts. */
export interface TrustPolicy {
  /** False: every certificate is taken. Only by the user's explicit setting. */
  readonly isVerifying: boolean;
  /** The fingerprint that the user trusted at this place. */
  pinnedFingerprint(host: string, port: number): string | undefined;
}

/** Certificates are verified and none is pinned. */
export const STRICT_TRUST: TrustPolicy = { isVerifying: true, pinnedFingerprint: () => undefined };

export interface CertificatePlace {
  readonly host: string;
  readonly port: number;
  readonly nowMs: number;
}

/** Undefined when `certificate` is good for the place. */
export function judgeCertificate(
  certificate: PeerCertificate,
  { host, port, nowMs }: CertificatePlace,
  trust: TrustPolicy,
): CertificateRefusal | undefined {
  if (!trust.isVerifying) return undefined;
  const pinnedFingerprint = trust.pinnedFingerprint(host, port);
  if (pinnedFingerprint !== undefined) {
    // Trust on first use: the same certificate is believed, any other one asks again.
    if (pinnedFingerprint === certificate.fingerprint) return undefined;
    return { host, port, reason: 'changed', certificate, pinnedFingerprint };
  }
  const reason = fault(certificate, host, nowMs);
  return reason && { host, port, reason, certificate };
}

function fault(certificate: PeerCertificate, host: string, nowMs: number): CertificateRefusalReason | undefined {
  if (nowMs < certificate.validFromMs || nowMs > certificate.validUntilMs) return 'expired';
  if (!certificate.isIssuerKnown) return 'unknownIssuer';
  return isForDomain(certificate, host) ? undefined : 'wrongDomain';
}

/** Whether the certificate speaks for this SIP domain. */
export function isForDomain({ alternativeNames, commonName }: PeerCertificate, domain: string): boolean {
  const wanted = normalHost(domain);
  // RFC 5922 §7.1: the common name counts only where there is no subjectAltName.
  if (!alternativeNames) return commonName !== undefined && normalHost(commonName) === wanted;
  const uriHosts = alternativeNames.flatMap(({ kind, value }) => (kind === 'uri' ? sipDomains(value) : []));
  // INTEROP: RFC 5922 knows domains only; servers reached by their number name it as an IP address.
  const isNumber = isIpAddress(domain) || domain.includes(':');
  const own = alternativeNames.filter(({ kind }) => kind === (isNumber ? 'ip' : 'dns'));
  // RFC 5922 §7.1: DNS names count only where no SIP URI names a domain.
  const hosts = uriHosts.length > 0 && !isNumber ? uriHosts : [...uriHosts, ...own.map(({ value }) => value)];
  // RFC 5922 §7.2: names are equal without regard to case; a wildcard matches nothing.
  return hosts.some((host) => normalHost(host) === wanted);
}

/** RFC 5922 §7.1: a sip URI without a user part names a domain. */
function sipDomains(uri: string): string[] {
  const match = /^sip:([^@;?]+)$/i.exec(uri.replace(/[;?].*$/s, ''));
  const host = match?.[1]?.replace(/:\d+$/, '');
  return host === undefined ? [] : [host];
}

const normalHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');
