// The headers that this stack reads and writes typed, each named as in its RFC. RFC 3261 §20.
import { authenticationInfoGrammar } from './authentication-info.ts';
import { challengeGrammar, credentialsGrammar } from './auth-values.ts';
import {
  cseqGrammar,
  dateGrammar,
  mediaTypeGrammar,
  parameterizedTokenGrammar,
  rackGrammar,
  joinGrammar,
  replacesGrammar,
  retryAfterGrammar,
  sessionExpiresGrammar,
  timestampGrammar,
  warningGrammar,
} from './header-values.ts';
import {
  type Grammar,
  callIdGrammar,
  listHeader,
  numberGrammar,
  singleHeader,
  textGrammar,
  tokenGrammar,
} from './header-type.ts';
import { MAX_DELTA_SEC, MAX_MAX_FORWARDS } from './limits.ts';
import { type NameAddress, formatNameAddress, parseContact, parseNameAddress } from './name-address.ts';
import { type Via as ViaValue, formatVia, parseVia } from './via.ts';

const nameAddress: Grammar<NameAddress> = { parse: parseNameAddress, format: formatNameAddress };
const contact: Grammar<NameAddress> = { parse: parseContact, format: formatNameAddress };
const via: Grammar<ViaValue> = { parse: parseVia, format: formatVia };
const deltaSec = numberGrammar(MAX_DELTA_SEC);

export const Via = listHeader('Via', via);
export const From = singleHeader('From', nameAddress);
export const To = singleHeader('To', nameAddress);
export const CallId = singleHeader('Call-ID', callIdGrammar);
export const CSeq = singleHeader('CSeq', cseqGrammar);
export const Contact = listHeader('Contact', contact);
export const Route = listHeader('Route', nameAddress);
export const RecordRoute = listHeader('Record-Route', nameAddress);
export const Path = listHeader('Path', nameAddress);
export const ServiceRoute = listHeader('Service-Route', nameAddress);
export const MaxForwards = singleHeader('Max-Forwards', numberGrammar(MAX_MAX_FORWARDS));
export const Expires = singleHeader('Expires', deltaSec);
export const MinExpires = singleHeader('Min-Expires', deltaSec);
export const ContentLength = singleHeader('Content-Length', numberGrammar(Number.MAX_SAFE_INTEGER));
export const ContentType = singleHeader('Content-Type', mediaTypeGrammar);
export const ContentDisposition = singleHeader('Content-Disposition', parameterizedTokenGrammar);
export const ContentEncoding = listHeader('Content-Encoding', tokenGrammar);
export const Accept = listHeader('Accept', mediaTypeGrammar);
export const Allow = listHeader('Allow', tokenGrammar);
export const AllowEvents = listHeader('Allow-Events', tokenGrammar);
export const Supported = listHeader('Supported', tokenGrammar);
export const Require = listHeader('Require', tokenGrammar);
export const ProxyRequire = listHeader('Proxy-Require', tokenGrammar);
export const Unsupported = listHeader('Unsupported', tokenGrammar);
export const WwwAuthenticate = singleHeader('WWW-Authenticate', challengeGrammar);
export const ProxyAuthenticate = singleHeader('Proxy-Authenticate', challengeGrammar);
export const Authorization = singleHeader('Authorization', credentialsGrammar);
export const ProxyAuthorization = singleHeader('Proxy-Authorization', credentialsGrammar);
export const AuthenticationInfo = singleHeader('Authentication-Info', authenticationInfoGrammar);
export const ProxyAuthenticationInfo = singleHeader('Proxy-Authentication-Info', authenticationInfoGrammar);
export const RetryAfter = singleHeader('Retry-After', retryAfterGrammar);
export const Reason = listHeader('Reason', parameterizedTokenGrammar);
export const Event = singleHeader('Event', parameterizedTokenGrammar);
export const SubscriptionState = singleHeader('Subscription-State', parameterizedTokenGrammar);
export const SipEtag = singleHeader('SIP-ETag', tokenGrammar);
export const SipIfMatch = singleHeader('SIP-If-Match', tokenGrammar);
export const ReferTo = singleHeader('Refer-To', nameAddress);
export const ReferredBy = singleHeader('Referred-By', nameAddress);
export const ReplyTo = singleHeader('Reply-To', nameAddress);
export const Replaces = singleHeader('Replaces', replacesGrammar);
export const Join = singleHeader('Join', joinGrammar);
export const RAck = singleHeader('RAck', rackGrammar);
export const RSeq = singleHeader('RSeq', deltaSec);
export const SessionExpires = singleHeader('Session-Expires', sessionExpiresGrammar);
export const MinSe = singleHeader('Min-SE', sessionExpiresGrammar);
export const PAssertedIdentity = listHeader('P-Asserted-Identity', nameAddress);
export const PPreferredIdentity = listHeader('P-Preferred-Identity', nameAddress);
export const RemotePartyId = listHeader('Remote-Party-ID', nameAddress);
export const Diversion = listHeader('Diversion', nameAddress);
export const HistoryInfo = listHeader('History-Info', nameAddress);
export const AlertInfo = listHeader('Alert-Info', nameAddress);
export const CallInfo = listHeader('Call-Info', nameAddress);
export const Warning = listHeader('Warning', warningGrammar);
export const Date = singleHeader('Date', dateGrammar);
export const Timestamp = singleHeader('Timestamp', timestampGrammar);
export const UserAgent = singleHeader('User-Agent', textGrammar);
export const Server = singleHeader('Server', textGrammar);
export const Subject = singleHeader('Subject', textGrammar);
