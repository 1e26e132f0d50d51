// By which proxies the requests of an account go, and in which order they are tried. RFC 3261 §8.1.2, RFC 3608 §5.
import { formatUri, isSameHost, NameAddress, type SipUri, type Uri } from '../syntax/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import { isLooseRouter } from './dialog.ts';

export type RouteSet = readonly NameAddress[];

/** A proxy as a route: with `lr`, so that it leaves the Request-URI alone. */
export function looseRoute(uri: SipUri): NameAddress {
  return new NameAddress({ uri: isLooseRouter(uri) ? uri : uri.withParameter('lr') });
}

/** The preloaded route sets to try in turn; one that is empty sends straight to the target. */
export function routeSetsOf({ routeSets = [], outboundProxies }: AccountIdentity): readonly RouteSet[] {
  if (routeSets.length > 0) return routeSets;
  return outboundProxies.length > 0 ? outboundProxies.map((uri) => [looseRoute(uri)]) : [[]];
}

/**
 * The route set for requests through `proxy` while a registration with `serviceRoute` lives.
 * RFC 3608 §5: the Service-Route is preloaded in its order; a configured proxy comes before it, unless it heads it already.
 */
export function registeredRouteSet(proxy: SipUri | undefined, serviceRoute: RouteSet): RouteSet {
  if (!proxy) return serviceRoute;
  const first = serviceRoute[0]?.uri;
  return first && isSameServer(first, proxy) ? serviceRoute : [looseRoute(proxy), ...serviceRoute];
}

/** Whether both URIs mean the same host and port. */
export function isSameServer(first: Uri, second: Uri): boolean {
  if (first.kind !== 'sip' || second.kind !== 'sip') return false;
  return isSameHost(first.host, second.host) && (first.port ?? 5060) === (second.port ?? 5060);
}

/** By which a route set's first proxy is remembered. */
export const routeKey = (routes: RouteSet): string => (routes[0] ? formatUri(routes[0].uri) : '');
