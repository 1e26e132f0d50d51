// Which session an INVITE with Replaces means. RFC 3891 §3.
import { Header, type SipRequest } from '../syntax/index.ts';
import type { DialogId } from './dialog.ts';
import type { InviteSession } from './invite-session.ts';

export type ReplacedSession =
  | { readonly kind: 'found'; readonly session: InviteSession | undefined }
  | { readonly kind: 'refused'; readonly statusCode: number };

/** No header: found, without a session. The caller ends the session found once the new one is up. */
export function findReplaced(request: SipRequest, find: (id: DialogId) => InviteSession | undefined): ReplacedSession {
  const lines = request.headers.raw('Replaces');
  if (lines.length === 0) return { kind: 'found', session: undefined };
  const replaces = request.headers.get(Header.Replaces);
  // RFC 3891 §3: more than one Replaces, or a malformed one, is 400
  if (lines.length > 1 || !replaces) return { kind: 'refused', statusCode: 400 };
  const session = find({ callId: replaces.callId, localTag: replaces.toTag, remoteTag: replaces.fromTag });
  // RFC 3891 §3: 481 without a match, also for an early dialog that the other side started
  if (!session || (session.state === 'early' && !session.dialog.isCaller)) return { kind: 'refused', statusCode: 481 };
  if (session.state === 'ended') return { kind: 'refused', statusCode: 603 };
  // RFC 3891 §3: a confirmed dialog and early-only is 486
  if (replaces.isEarlyOnly && session.state === 'confirmed') return { kind: 'refused', statusCode: 486 };
  return { kind: 'found', session };
}
