// The account has another name or address now: those whom it speaks to are told. RFC 4916 §4.4.
import { formatUri } from '../../sip/syntax/index.ts';
import type { Account } from '../registration/index.ts';
import type { Call } from './call.ts';

/** `account` as it is from now on; calls keep the one that they were made with. */
export function announceAccount(calls: Iterable<Call>, account: Account): void {
  const { address: uri, displayName } = account.configured;
  for (const call of calls) {
    const before = call.account.configured;
    const isSame = before.displayName === displayName && formatUri(before.address) === formatUri(uri);
    if (call.account.id !== account.id || isSame || call.phase !== 'connected') continue;
    void call.session?.announceIdentity({ uri, ...(displayName !== undefined && { displayName }) });
  }
}
