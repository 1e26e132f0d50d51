// Who is let in to the SIP stack: the policy of arrivals with what the phone knows, and how much one source may send.
import type { ConfigFile } from '../../src-shared/contract/index.ts';
import { judgeArrival, type ArrivalVerdict, type DirectCallPolicy } from '../features/call/index.ts';
import type { Registrations } from '../features/registration/index.ts';
import type { Flow } from '../sip/core/index.ts';
import type { SipRequest } from '../sip/syntax/index.ts';
import type { ReceiveLimits } from '../sip/transport/index.ts';
import type { Door } from './sip-stack.ts';
import type { KnownServers } from './known-servers.ts';

export interface Acquaintances {
  readonly registrations: Registrations;
  readonly servers: KnownServers;
}

/** For the SIP stack; `known` is asked when a request comes, and not before. */
export function frontDoor({ sip, calls }: ConfigFile, known: () => Acquaintances): Door {
  return {
    screen: (request: SipRequest, flow: Flow) => screenArrival(request, flow, known(), sip.directCalls),
    receiveLimits: receiveLimitsFor(calls.maxCalls),
  };
}

function screenArrival(
  request: SipRequest,
  flow: Flow,
  { registrations, servers }: Acquaintances,
  policy: DirectCallPolicy,
): ArrivalVerdict {
  const { requestUri, from, to, headers, method } = request;
  const account = registrations.accountFor(request, flow);
  const caller = from.uri.kind === 'sip' ? from.uri.user : undefined;
  return judgeArrival({
    method,
    isWithinDialog: to.tag !== undefined,
    names: [headers.first('User-Agent'), caller, from.displayName],
    // RFC 3261 §8.2.2.1: whether a scheme is served is the user agent's to say.
    isForUs: account !== undefined || requestUri.kind !== 'sip',
    isRegistering: account?.settings.register === true,
    isFromOwnServer: account !== undefined && servers.has(account.id, flow),
    policy,
  });
}

/** Nobody starts more calls in a second than twice what the phone can hold; what else they send goes with it. */
export function receiveLimitsFor(maxCalls: number): ReceiveLimits {
  return { invitesPerSec: Math.max(50, maxCalls * 2), othersPerSec: Math.max(1000, maxCalls * 20) };
}
