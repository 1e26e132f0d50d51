// call.* on lines of others: picking up, joining, parking, and calling back when they are free.
import { refusal, type CommandHandlers, type Reply } from '../../../src-shared/contract/index.ts';
import type { Result } from '../../base/result.ts';
import type { CallFailure } from '../../features/call/index.ts';
import type { Account } from '../../features/registration/index.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { done, fromCall } from './reply.ts';

type LineHandlers = Pick<
  CommandHandlers,
  'call.park' | 'call.retrieve' | 'call.pickUp' | 'call.join' | 'call.callBackWhenFree' | 'call.cancelCallBack'
>;

interface Target {
  readonly target: string;
  readonly accountId?: string | undefined;
}

export function lineHandlers(parts: PhoneParts): LineHandlers {
  const { calls, pickUp, callBacks } = parts;
  return {
    'call.park': async ({ callId, target }) => fromCall(await calls.park(callId, target)),
    'call.retrieve': withAccount(parts, (account, target) => pickUp.retrieve(account, target)),
    'call.pickUp': withAccount(parts, (account, target) => pickUp.pickUp(account, target)),
    'call.join': withAccount(parts, (account, target) => pickUp.join(account, target)),
    'call.callBackWhenFree': withAccount(parts, (account, target) => callBacks.add(account, target)),
    'call.cancelCallBack': ({ address }) =>
      Promise.resolve(callBacks.cancel(address) ? done : refusal('notFound', `${address} is not waited for.`)),
  };
}

function withAccount<T>(
  { accounts, registrations }: PhoneParts,
  act: (account: Account, target: string) => Promise<Result<T, CallFailure>>,
): (params: Target) => Promise<Reply<T>> {
  return async ({ target, accountId }) => {
    const account = accountId === undefined ? accounts.usual : registrations.get(accountId);
    if (account) return fromCall(await act(account, target));
    return refusal(
      'noAccount',
      accountId === undefined ? 'Add an account first.' : `There is no account ${accountId}.`,
    );
  };
}
