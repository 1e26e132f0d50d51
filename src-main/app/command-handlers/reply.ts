// From features' results to the contract's replies.
import { refusal, type Reply } from '../../../src-shared/contract/index.ts';
import type { Result } from '../../base/result.ts';
import type { CallFailure } from '../../features/call/index.ts';
import type { MediaFailure } from '../../media/index.ts';

export const done: Reply<undefined> = { ok: true, value: undefined };

export const answer = <T>(value: T): Reply<T> => ({ ok: true, value });

export function fromCall<T>(outcome: Result<T, CallFailure>): Reply<T> {
  return outcome.ok ? outcome : refusal(outcome.error.code, outcome.error.message);
}

export function fromMedia<T>(outcome: Result<T, MediaFailure>): Reply<T> {
  return outcome.ok ? outcome : refusal('mediaFailed', outcome.error.message);
}
