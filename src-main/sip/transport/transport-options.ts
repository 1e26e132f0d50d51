// What the transport layer is given, what it tells, and how it fails. RFC 3261 §18, RFC 5922 §7.
import type { Logger } from '../../base/logger.ts';
import type { Runtime } from '../../base/runtime.ts';
import type { CertificateRefusal, TrustPolicy } from './certificate.ts';
import type { TransportUser } from './flow.ts';
import type { SipNetwork } from './network.ts';
import type { ReceiveLimits } from './source-gate.ts';

export interface TransportOptions {
  readonly network: SipNetwork;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly user: TransportUser;
  /** Absent: certificates are verified and none is pinned. */
  readonly trust?: TrustPolicy;
  /** Absent: nobody sends too much. */
  readonly receiveLimits?: ReceiveLimits;
}

export interface TransportEvents {
  /** A server's certificate was not believed, and the connection not made. */
  certificateRefused: CertificateRefusal;
  /** The sockets are new: what was registered over the old ones should be registered again. */
  rebound: undefined;
}

export interface TransportFailure {
  readonly kind: 'noListeningPoint' | 'noOwnSocket' | 'connectFailed' | 'untrustedCertificate' | 'closed';
  readonly message: string;
  /** For `untrustedCertificate`. */
  readonly refusal?: CertificateRefusal;
}

export interface ConnectOptions {
  /** Size of the request about to be sent, for the choice between UDP and TCP. */
  readonly messageSizeBytes?: number;
  /** Another hop follows: less time is spent on this one. */
  readonly hasAlternative?: boolean;
  /** Whose sockets it goes from, where these have been claimed. */
  readonly listener?: string | undefined;
}

const REFUSALS = {
  unknownIssuer: 'its certificate is not issued by a trusted authority',
  wrongDomain: 'its certificate is for another domain',
  expired: 'its certificate is not valid today',
  changed: 'its certificate is not the one that was trusted before',
} as const;

/** For a log or the reason of a failed registration. */
export const refusalMessage = ({ host, reason }: CertificateRefusal): string => `${host}: ${REFUSALS[reason]}`;
