// Whether a caller may have the phone answer by itself, as an intercom does: only by the account's policy. RFC 5373 §4, §7.
import type { ExtraHeaders } from '../../../sip/core/index.ts';
import type { SipRequest } from '../../../sip/syntax/index.ts';
import type { AccountSettings } from '../../registration/index.ts';
import type { RemoteParty } from '../call-info.ts';
import { isListed } from '../identity/index.ts';

/** RFC 5373 §4.1: the caller asks for it. INTEROP: desk phones ask by Alert-Info or Call-Info. */
export function asksForAutoAnswer({ headers }: SipRequest): boolean {
  const modes = [headers.first('Answer-Mode'), headers.first('Priv-Answer-Mode')];
  if (modes.some((mode) => mode?.split(';')[0]?.trim().toLowerCase() === 'auto')) return true;
  const hints = `${headers.first('Alert-Info') ?? ''} ${headers.first('Call-Info') ?? ''}`.toLowerCase();
  return /info=\s*"?(alert-autoanswer|auto answer|ring answer)|answer-after=\s*0\b/.test(hints);
}

/**
 * RFC 5373 §7: a stranger must not open the microphone. The caller counts only when the own server says who it is;
 * with a list it must be on it.
 */
export function mayAutoAnswer(remote: RemoteParty, settings: AccountSettings): boolean {
  if (settings.answerMode !== 'trusted' || !remote.isAsserted || remote.isAnonymous === true) return false;
  const { autoAnswerCallers: listed = [] } = settings;
  return listed.length === 0 || isListed(listed, remote.address);
}

/** RFC 5373 §4.3: who asked for a mode learns by the 2xx which one it was, under the name that was asked with. */
export function answerModeHeaders({ headers }: SipRequest, isByItself: boolean): ExtraHeaders {
  const mode = isByItself ? 'Auto' : 'Manual';
  return ['Answer-Mode', 'Priv-Answer-Mode'].filter((name) => headers.has(name)).map((name) => [name, mode] as const);
}
