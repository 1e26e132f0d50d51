// Answers the peer's checks and tells of those that count. RFC 8445 §7.3, RFC 8489 §9.1.3.
import { timingSafeEqual } from 'node:crypto';
import type { SocketAddress } from '../../base/socket-address.ts';
import { buildError, buildSuccess, readCheck, type Check, type IceCredentials } from './check-messages.ts';
import { Attribute, textOf, unknownTypes } from './stun-attributes.ts';
import { isAuthentic, type ReceivedStun } from './stun-message.ts';

export interface AnsweredCheck {
  readonly answer: Uint8Array;
  /** Undefined where the check was refused. */
  readonly check?: Check;
}

/** `settleRole` says whether the peer's role fits ours, or ours has been given up for it. RFC 8445 §7.3.1.1 */
export function answerCheck(
  request: ReceivedStun,
  from: SocketAddress,
  local: IceCredentials,
  settleRole: (check: Check) => boolean,
): AnsweredCheck {
  const username = textOf(request, Attribute.username);
  if (username === undefined || request.integrityAt.sha1 === undefined) return { answer: buildError(request, 400) };
  const isForUs = isSameText(username.split(':', 1)[0] ?? '', local.ufrag);
  if (!isForUs || !isAuthentic(request, local.pwd)) return { answer: buildError(request, 401) };
  const unknown = unknownTypes(request);
  if (unknown.length > 0) return { answer: buildError(request, 420, local.pwd, unknown) };
  const check = readCheck(request);
  if (!check) return { answer: buildError(request, 400, local.pwd) };
  if (!settleRole(check)) return { answer: buildError(request, 487, local.pwd) };
  return { answer: buildSuccess(request, from, local.pwd), check };
}

function isSameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
