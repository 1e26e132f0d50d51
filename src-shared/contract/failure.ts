// Why a command was refused: a code from a closed list and a sentence for people.
import * as v from 'valibot';

export const FAILURE_CODES = [
  'badParams',
  'unknownCommand',
  'notFound',
  'wrongState',
  'noAccount',
  'badTarget',
  'rejected',
  'timeout',
  'mediaFailed',
  'storageFailed',
  'busy',
  'notRunning',
  'internal',
] as const;

export const failureSchema = v.object({ code: v.picklist(FAILURE_CODES), message: v.string() });

export type FailureCode = (typeof FAILURE_CODES)[number];
export type Failure = v.InferOutput<typeof failureSchema>;

export type Reply<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: Failure };

export const refusal = (code: FailureCode, message: string): { readonly ok: false; readonly failure: Failure } => ({
  ok: false,
  failure: { code, message },
});
