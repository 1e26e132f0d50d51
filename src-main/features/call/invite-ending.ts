// How a call that came to nothing is told to its user. RFC 3261 §21, RFC 5630 §5.1.1.
import type { InviteFailure } from '../../sip/core/index.ts';
import { Header } from '../../sip/syntax/index.ts';
import type { CallEnding } from './call-state.ts';

/** The ending that `failure` is; what a Warning says of the scheme takes the place of a bare "Temporarily Unavailable". */
export function endingOf({ kind, statusCode, reasonPhrase, response }: InviteFailure): CallEnding {
  if (kind === 'cancelled') return { by: 'local', statusCode, reason: 'cancelled' };
  const by = kind === 'rejected' ? 'remote' : 'failure';
  const warnings = response?.headers.all(Header.Warning) ?? [];
  const codes = warnings.map(({ code }) => code);
  // RFC 5630 §5.1.1: the scheme is the user's to change, never ours
  if (codes.includes(380)) return { by, statusCode, reason: 'Cannot be called by a sips: address, only by sip:' };
  if (codes.includes(381)) return { by, statusCode, reason: 'Takes secured calls only: dial its sips: address' };
  // RFC 3261 §20.43: what does not suit in the description is said in words
  const words = statusCode === 488 ? warnings.find(({ code, text }) => code === 399 && text !== '')?.text : undefined;
  return { by, statusCode, reason: words === undefined ? reasonPhrase : `${reasonPhrase}: ${words.slice(0, 200)}` };
}
