// Errors of Node's network modules as values.
import type { NetworkFailure, NetworkFailureKind } from './network.ts';

const KINDS: Readonly<Record<string, NetworkFailureKind>> = {
  EADDRINUSE: 'addressInUse',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ENOTFOUND: 'notFound',
  ENODATA: 'notFound',
  ETIMEOUT: 'timeout',
  ETIMEDOUT: 'timeout',
};

/** What `error` means; its message never holds more than names and addresses. */
export function networkFailure(error: unknown): NetworkFailure {
  if (!(error instanceof Error)) return { kind: 'failed', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { kind: KINDS[code] ?? 'failed', message: error.message };
}
