// What a 2xx to REGISTER grants, besides time. RFC 3261 §10.2.4, RFC 3608, RFC 5626 §4.2, RFC 5627 §4.2.
import {
  Header,
  isSameUri,
  parseUri,
  SipUri,
  type NameAddress,
  type SipRequest,
  type SipResponse,
} from '../../syntax/index.ts';
import type { Flow, RouteSet } from '../../core/index.ts';

export interface Binding {
  /** The way that the REGISTER took. */
  readonly flow: Flow;
  readonly expiresSec: number;
  /** The proxy that the REGISTER went through, if any. */
  readonly proxy: SipUri | undefined;
  /** Route set for requests of the account while the binding lives. */
  readonly serviceRoute: RouteSet;
  /** The registrar keeps this flow and sends requests over it. */
  readonly isOutbound: boolean;
  /** How long the edge proxy holds a flow without a sign of life. */
  readonly flowTimerSec: number | undefined;
  readonly publicGruu: SipUri | undefined;
  /** Names this phone without saying whose it is; new with each registration. */
  readonly temporaryGruu: SipUri | undefined;
}

/** More than a sane network has; a longer one would swell every request. */
const MAX_SERVICE_ROUTES = 16;

export function readBinding(request: SipRequest, response: SipResponse, flow: Flow, askedSec: number): Binding {
  const own = ownContact(request, response);
  const serviceRoute = response.headers.all(Header.ServiceRoute);
  const proxy = request.headers.get(Header.Route)?.uri;
  return {
    flow,
    expiresSec: grantedSec(own, response, askedSec),
    proxy: proxy instanceof SipUri ? proxy : undefined,
    // RFC 3608 §6.1: each 2xx brings the whole route anew, and without the header there is none
    serviceRoute: serviceRoute.length > MAX_SERVICE_ROUTES ? [] : serviceRoute,
    // RFC 5626 §6: the registrar says by Require that it applied outbound
    isOutbound: response.headers.all(Header.Require).includes('outbound'),
    flowTimerSec: flowTimerSec(response),
    publicGruu: gruuOf(own, 'pub-gruu'),
    temporaryGruu: gruuOf(own, 'temp-gruu'),
  };
}

/** Our Contact among those that the registrar lists. RFC 5626 §4.2: instance and reg-id tell it from our other flow's. */
function ownContact(request: SipRequest, response: SipResponse): NameAddress | undefined {
  const sent = request.headers.get(Header.Contact);
  if (!sent) return undefined;
  const fits = ({ uri, parameters }: NameAddress): boolean => {
    const registrationId = parameters.get('reg-id');
    return isSameUri(uri, sent.uri) && (registrationId ?? '1') === (sent.parameters.get('reg-id') ?? '1');
  };
  return response.headers.all(Header.Contact).find(fits);
}

/** RFC 3261 §10.2.4: the expiry of our own Contact in the response counts, else that of the header. */
function grantedSec(own: NameAddress | undefined, response: SipResponse, askedSec: number): number {
  const granted = Number(own?.parameters.get('expires') ?? response.headers.get(Header.Expires) ?? askedSec);
  return Number.isFinite(granted) && granted > 0 ? Math.min(granted, askedSec) : askedSec;
}

/** RFC 5626 §10.1: seconds; what is not a sane number counts as absent. */
function flowTimerSec({ headers }: SipResponse): number | undefined {
  const sec = Number(headers.first('Flow-Timer') ?? Number.NaN);
  return Number.isInteger(sec) && sec > 0 && sec <= 86_400 ? sec : undefined;
}

/** RFC 5627 §4.2: a SIP URI with `gr`; anything else is no GRUU. */
function gruuOf(own: NameAddress | undefined, name: 'pub-gruu' | 'temp-gruu'): SipUri | undefined {
  const parsed = parseUri(own?.parameters.get(name) ?? '');
  return parsed.ok && parsed.value instanceof SipUri && parsed.value.parameters.has('gr') ? parsed.value : undefined;
}
