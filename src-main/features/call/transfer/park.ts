// Parks a call: a park server takes our place in it, and we are free. RFC 5359 §2.15.
import { err, ok, type Result } from '../../../base/result.ts';
import type { UserAgentCore } from '../../../sip/core/index.ts';
import { referToReplacing, StandaloneRefer } from '../../../sip/usage/index.ts';
import type { Call } from '../call.ts';
import type { CallFailure } from '../call-info.ts';
import { parseDialTarget } from '../dial-target.ts';

/** The server's last word on it; below 300 the call has gone over to the server. */
export async function parkCall(
  core: UserAgentCore,
  call: Call,
  text: string,
): Promise<Result<{ readonly statusCode: number }, CallFailure>> {
  const { session } = call;
  const server = parseDialTarget(text, call.account.address);
  if (!server.ok) return err({ code: 'badTarget', message: server.error });
  if (call.phase !== 'connected' || !session)
    return err({ code: 'wrongState', message: 'Only a call that is connected can be parked.' });
  // RFC 5359 §2.15: the server calls the peer, with a Replaces that names our dialog
  const refer = new StandaloneRefer({
    ...{ core, account: call.account.identity, referee: server.value, referTo: referToReplacing(session) },
  });
  return new Promise((resolve) => {
    refer.events.on('progress', ({ statusCode, isFinal }) => {
      if (!isFinal) return;
      if (statusCode < 300) call.take({ kind: 'transferred' });
      resolve(ok({ statusCode }));
    });
    refer.events.on('failed', ({ statusCode, reason }) => {
      const code = statusCode === 408 ? 'timeout' : 'rejected';
      resolve(err({ code, message: `The call could not be parked: ${statusCode} ${reason}.` }));
    });
  });
}
