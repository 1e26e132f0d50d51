// Names by c-ares, which needs no threads, and by the system's resolver for those that only this machine knows. RFC 3263 §4.
import { type RecordWithTtl } from 'node:dns';
import { Resolver, lookup } from 'node:dns/promises';
import { type Result, err, ok } from '../../base/result.ts';
import type { AddressAnswer, NetworkFailure, SipNetwork } from './network.ts';
import { networkFailure } from './node-failure.ts';

const QUERY_LIMIT_MS = 2_000;
const TRIES = 2;

type Resolving = Pick<SipNetwork, 'resolve4' | 'resolve6' | 'resolveSrv' | 'resolveNaptr'>;

export function nodeResolver(): Resolving {
  const resolver = new Resolver({ timeout: QUERY_LIMIT_MS, tries: TRIES });
  return {
    resolve4: (name) => orLookup(attempt(resolver.resolve4(name, { ttl: true })), name, 4),
    resolve6: (name) => orLookup(attempt(resolver.resolve6(name, { ttl: true })), name, 6),
    resolveSrv: (name) => attempt(resolver.resolveSrv(name)),
    resolveNaptr: (name) => attempt(resolver.resolveNaptr(name)),
  };
}

async function attempt<T>(query: Promise<T>): Promise<Result<T, NetworkFailure>> {
  try {
    return ok(await query);
  } catch (error) {
    return err(networkFailure(error));
  }
}

/** WHY: the hosts file, mDNS and company resolvers are known to the system only. */
async function orLookup(
  asked: Promise<Result<readonly RecordWithTtl[], NetworkFailure>>,
  name: string,
  family: 4 | 6,
): Promise<Result<AddressAnswer, NetworkFailure>> {
  const answer = await asked;
  if (answer.ok && answer.value.length > 0) {
    return ok({
      addresses: answer.value.map(({ address }) => address),
      ttlSec: Math.min(...answer.value.map(({ ttl }) => ttl)),
    });
  }
  const found = await attempt(lookup(name, { family, all: true }));
  return found.ok ? ok({ addresses: found.value.map(({ address }) => address) }) : found;
}
