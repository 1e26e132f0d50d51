// The peer's certificate out of a TLS socket of Node. RFC 5922 §7.1.
import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { parseAlternativeNames } from './alternative-names.ts';
import type { PeerCertificate } from './certificate.ts';

/** Chain faults that are about dates only: these are judged by the dates themselves. */
const DATE_FAULTS = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];

/** Undefined when the peer showed none, or one that cannot be read. */
export function readPeerCertificate(socket: TLSSocket): PeerCertificate | undefined {
  const { raw } = socket.getPeerCertificate() as { readonly raw?: Buffer };
  if (!raw) return undefined;
  try {
    return toPeerCertificate(new X509Certificate(raw), isIssuerKnown(socket));
  } catch {
    return undefined;
  }
}

export function toPeerCertificate(certificate: X509Certificate, isKnown: boolean): PeerCertificate {
  const { fingerprint256, subject, issuer, subjectAltName, validFrom, validTo } = certificate;
  const commonName = /^CN=(.*)$/m.exec(subject)?.[1];
  return {
    fingerprint: fingerprint256,
    subject: onOneLine(subject),
    issuer: onOneLine(issuer),
    validFromMs: Date.parse(validFrom),
    validUntilMs: Date.parse(validTo),
    isIssuerKnown: isKnown,
    ...(commonName !== undefined && { commonName }),
    ...(subjectAltName !== undefined && { alternativeNames: parseAlternativeNames(subjectAltName) }),
  };
}

/** WHY: Node keeps the chain's fault as its code, though its type says Error. */
function isIssuerKnown({ authorized, authorizationError }: TLSSocket): boolean {
  return authorized || DATE_FAULTS.includes(String(authorizationError));
}

const onOneLine = (name: string): string => name.split('\n').join(', ');
