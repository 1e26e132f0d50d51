// Which sessions an INVITE with Replaces or Join means. RFC 3891 §3, RFC 3911 §4.
import { Header, type SipRequest } from '../syntax/index.ts';
import type { DialogId } from './dialog.ts';
import type { InviteSession } from './invite-session.ts';

export type MeantSessions =
  | {
      readonly kind: 'found';
      /** To be replaced, or to be joined; both undefined for an INVITE that means no session. */
      readonly replaces?: InviteSession;
      readonly joins?: InviteSession;
    }
  | { readonly kind: 'refused'; readonly statusCode: number };

type Find = (id: DialogId) => InviteSession | undefined;

const refused = (statusCode: number): MeantSessions => ({ kind: 'refused', statusCode });

/** The caller ends the replaced session once the new one is up. */
export function findMeantSessions(request: SipRequest, find: Find): MeantSessions {
  const replacesCount = request.headers.raw('Replaces').length;
  const joinCount = request.headers.raw('Join').length;
  if (replacesCount + joinCount === 0) return { kind: 'found' };
  // RFC 3891 §3, RFC 3911 §4: more than one of either, or both, is 400
  if (replacesCount + joinCount > 1) return refused(400);
  return replacesCount === 1 ? findReplaced(request, find) : findJoined(request, find);
}

function findReplaced(request: SipRequest, find: Find): MeantSessions {
  const replaces = request.headers.get(Header.Replaces);
  // RFC 3891 §3: a malformed Replaces is 400
  if (!replaces) return refused(400);
  const session = find({ callId: replaces.callId, localTag: replaces.toTag, remoteTag: replaces.fromTag });
  // RFC 3891 §3: 481 without a match, also for an early dialog that the other side started
  if (!session || isEarlyOfPeer(session)) return refused(481);
  if (session.state === 'ended') return refused(603);
  // RFC 3891 §3: a confirmed dialog and early-only is 486
  if (replaces.isEarlyOnly && session.state === 'confirmed') return refused(486);
  return { kind: 'found', replaces: session };
}

function findJoined(request: SipRequest, find: Find): MeantSessions {
  const join = request.headers.get(Header.Join);
  if (!join) return refused(400);
  const session = find({ callId: join.callId, localTag: join.toTag, remoteTag: join.fromTag });
  // RFC 3911 §4: 481 without a match, also for an early dialog that the other side started; 603 for one that is over
  if (!session || isEarlyOfPeer(session)) return refused(481);
  return session.state === 'ended' ? refused(603) : { kind: 'found', joins: session };
}

const isEarlyOfPeer = ({ state, dialog }: InviteSession): boolean => state === 'early' && !dialog.isCaller;
