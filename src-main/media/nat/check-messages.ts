// What connectivity checks say, and what their answers do. RFC 8445 §7.1, §7.3.
import type { SocketAddress } from '../../base/socket-address.ts';
import {
  Attribute,
  bigNumberAttribute,
  bigNumberOf,
  errorAttribute,
  mappedAddress,
  numberAttribute,
  numberOf,
  textAttribute,
  unknownAttribute,
  valueOf,
} from './stun-attributes.ts';
import { BINDING, buildStun, type StunAttribute, type StunMessage } from './stun-message.ts';

/** The name and password of one side for one exchange. RFC 8445 §5.3 */
export interface IceCredentials {
  readonly ufrag: string;
  readonly pwd: string;
}

/** RFC 8445 §5.3: 48 bits of a name and 144 of a password. */
export const createIceNames = (randomBytes: (sizeBytes: number) => Uint8Array): IceCredentials => ({
  ufrag: Buffer.from(randomBytes(6)).toString('base64'),
  pwd: Buffer.from(randomBytes(18)).toString('base64'),
});

export interface Check {
  readonly isControlling: boolean;
  readonly tieBreaker: bigint;
  /** What the peer shall think of the place this comes from, should it not know it. RFC 8445 §7.1.1 */
  readonly priority: number;
  readonly isNominating: boolean;
}

/** RFC 8445 §7.2.2: named and proven by what the peer gave. */
export function buildCheck(
  check: Check,
  transactionId: Uint8Array,
  local: IceCredentials,
  remote: IceCredentials,
): Buffer {
  const role = check.isControlling ? Attribute.iceControlling : Attribute.iceControlled;
  const attributes: StunAttribute[] = [
    textAttribute(Attribute.username, `${remote.ufrag}:${local.ufrag}`),
    numberAttribute(Attribute.priority, check.priority),
    bigNumberAttribute(role, check.tieBreaker),
    ...(check.isNominating ? [{ type: Attribute.useCandidate, value: new Uint8Array(0) }] : []),
  ];
  return buildStun({ kind: 'request', method: BINDING, transactionId, attributes }, remote.pwd);
}

/** Undefined where it does not say what a check has to. */
export function readCheck(request: StunMessage): Check | undefined {
  const priority = numberOf(request, Attribute.priority);
  const controlling = bigNumberOf(request, Attribute.iceControlling);
  const tieBreaker = controlling ?? bigNumberOf(request, Attribute.iceControlled);
  if (priority === undefined || tieBreaker === undefined) return undefined;
  return {
    isControlling: controlling !== undefined,
    tieBreaker,
    priority,
    isNominating: valueOf(request, Attribute.useCandidate) !== undefined,
  };
}

export function buildSuccess({ method, transactionId }: StunMessage, from: SocketAddress, pwd: string): Buffer {
  return buildStun({ kind: 'success', method, transactionId, attributes: [mappedAddress(from, transactionId)] }, pwd);
}

const REASONS = {
  400: 'Bad Request',
  401: 'Unauthenticated',
  420: 'Unknown Attribute',
  487: 'Role Conflict',
} as const;

export type CheckError = keyof typeof REASONS;

/** RFC 8489 §6.3.1.1, §9.1.3: proven once the other side is known to be the peer. */
export function buildError(
  { method, transactionId }: StunMessage,
  code: CheckError,
  pwd?: string,
  unknown: readonly number[] = [],
): Buffer {
  const attributes = [errorAttribute(code, REASONS[code]), ...(unknown.length > 0 ? [unknownAttribute(unknown)] : [])];
  return buildStun({ kind: 'error', method, transactionId, attributes }, pwd);
}
