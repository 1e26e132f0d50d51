// Requests outside dialogs as this user agent makes them: identity, route and numbering. RFC 3261 §8.1.1.
import { randomToken, type Runtime } from '../../base/runtime.ts';
import { NameAddress, Parameters, SipUri, type SipRequest, type Uri } from '../syntax/index.ts';
import type { Flow } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import type { RouteSet } from './account-routes.ts';
import { withoutHeaders } from './dialog.ts';
import type { Body } from './body.ts';
import { newRequest, type ExtraHeaders } from './new-request.ts';

/** Call-ID, From tag and CSeq of requests that belong together, such as the refreshes of a registration. */
export class RequestSeries {
  readonly callId: string;
  readonly fromTag: string;
  #sequence = 0;

  constructor(runtime: Runtime) {
    // RFC 3261 §8.1.1.4, §19.3: unique over space and time, and tags with 32 bits of randomness at least
    this.callId = randomToken(runtime, 16);
    this.fromTag = randomToken(runtime);
  }

  nextSequence(): number {
    return ++this.#sequence;
  }
}

export interface RequestOptions {
  readonly method: string;
  /** Request-URI. */
  readonly target: Uri;
  /** To, when it is not the target. */
  readonly to?: Uri;
  readonly account: AccountIdentity;
  readonly headers?: ExtraHeaders;
  readonly body?: Body;
  /** Puts in a Contact, with these parameters. */
  readonly contactParameters?: Parameters;
  /** Absent: a Call-ID of its own. */
  readonly series?: RequestSeries;
  /** Gets each attempt's request as it was sent, and the way that it took. */
  readonly onSent?: (request: SipRequest, flow: Flow) => void;
}

/** RFC 3323 §4.1.1.3: the From of who wants to be nobody. */
const ANONYMOUS = new NameAddress({
  displayName: 'Anonymous',
  uri: new SipUri({ scheme: 'sip', user: 'anonymous', host: 'anonymous.invalid' }),
});

/** RFC 3261 §8.1.1.3: From with the account's address and name and a new tag. */
export function fromOf(account: AccountIdentity, tag: string): NameAddress {
  const { address, displayName, isAnonymous = false } = account;
  if (isAnonymous) return ANONYMOUS.withTag(tag);
  return new NameAddress({ displayName, uri: withoutHeaders(address), parameters: Parameters.of({ tag }) });
}

/** The request of `options` with its first number of the series. */
export function outOfDialogRequest(options: RequestOptions, series: RequestSeries, routes: RouteSet): SipRequest {
  return newRequest({
    method: options.method,
    requestUri: withoutHeaders(options.target),
    from: fromOf(options.account, series.fromTag),
    to: new NameAddress({ uri: withoutHeaders(options.to ?? options.target) }),
    callId: series.callId,
    sequence: series.nextSequence(),
    routes,
  });
}
