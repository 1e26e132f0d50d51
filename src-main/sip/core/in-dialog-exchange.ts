// One request of ours within a dialog, the INVITE apart, and its final response. RFC 3261 §12.2.1.1.
import { err, ok, type Result } from '../../base/result.ts';
import type { TypedEmitter } from '../../base/typed-emitter.ts';
import type { SipRequest, SipResponse } from '../syntax/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import { putBody, type Body } from './body.ts';
import type { CoreContext } from './core-context.ts';
import type { Dialog } from './dialog.ts';
import { addExtraHeaders, type ExtraHeaders } from './new-request.ts';
import type { RequestFailure } from './send-options.ts';
import type { InviteSessionEvents } from './session-events.ts';

export interface InDialogRequestOptions {
  readonly headers?: ExtraHeaders;
  readonly body?: Body;
  readonly hasContact?: boolean;
}

/** Methods whose requests say where we are. */
const WITH_CONTACT: readonly string[] = ['REFER', 'UPDATE', 'SUBSCRIBE', 'NOTIFY'];

export interface BuiltRequest {
  readonly request: SipRequest;
  readonly hasContact: boolean;
}

export function buildInDialogRequest(
  dialog: Dialog,
  method: string,
  { headers, body, hasContact = WITH_CONTACT.includes(method) }: InDialogRequestOptions,
): BuiltRequest {
  const request = dialog.buildRequest(method);
  addExtraHeaders(request, headers);
  putBody(request, body);
  return { request, hasContact };
}

export interface DialogUser {
  readonly context: CoreContext;
  readonly dialog: Dialog;
  readonly account: AccountIdentity;
  readonly events: TypedEmitter<InviteSessionEvents>;
}

export function exchangeInDialog(
  { context, dialog, account, events }: DialogUser,
  request: SipRequest,
  hasContact: boolean,
): Promise<Result<SipResponse, RequestFailure>> {
  return new Promise((resolve) => {
    context.sender.send({
      request,
      nextHop: dialog.nextHop,
      account,
      hasContact,
      nextSequence: () => dialog.nextSequence(),
      user: {
        onFinal: (response, flow) => {
          // RFC 4916 §4.5.2: the answer may name who answered
          if (request.method === 'UPDATE') events.emit('identity', { message: response, flow });
          resolve(ok(response));
        },
        onFailure: (failure) => resolve(err(failure)),
      },
    });
  });
}
