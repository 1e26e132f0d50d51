// Our own certificate and the authorities that are trusted beside the usual ones. RFC 3261 §26.3.1.
import { type SecureContext, type SecureContextOptions, createSecureContext, rootCertificates } from 'node:tls';
import { type Result, err, ok } from '../../base/result.ts';

/** All in PEM. */
export interface TlsMaterial {
  /** Shown to peers: needed to listen, and for servers that ask for one. */
  readonly certificate?: string;
  readonly key?: string;
  readonly trustedCertificates: readonly string[];
}

export const NO_TLS_MATERIAL: TlsMaterial = { trustedCertificates: [] };

export interface TlsContext {
  /** For connections that we open. */
  readonly client: SecureContext;
  /** For listeners, which make a context of their own. */
  readonly server: SecureContextOptions;
}

/** The failure is a sentence for people: a key that does not fit, a file that is no certificate. */
export function openTlsContext(material: TlsMaterial): Result<TlsContext, string> {
  const { certificate, key, trustedCertificates } = material;
  const isHalf = (certificate === undefined) !== (key === undefined);
  if (isHalf) return err('a certificate and its key belong together: one of them is missing');
  const server: SecureContextOptions = {
    minVersion: 'TLSv1.2',
    ...(certificate !== undefined && { cert: certificate }),
    ...(key !== undefined && { key }),
    ...(trustedCertificates.length > 0 && { ca: [...rootCertificates, ...trustedCertificates] }),
  };
  try {
    return ok({ client: createSecureContext(server), server });
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}
