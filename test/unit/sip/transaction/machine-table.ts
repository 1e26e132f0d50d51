// Writes what a machine does with every input in every state as text, to compare with a table on paper.
import { buildResponse, type SipRequest, type SipResponse } from '../../../../src-main/sip/syntax/index.ts';
import { requestOf } from '../../../support/message-builders.ts';

export const response = (statusCode: number): SipResponse => buildResponse(requestOf(), statusCode);
export const request = (method: string): SipRequest => requestOf({ method });

interface AnyAction {
  readonly kind: string;
  readonly timer?: string;
  readonly delayMs?: number;
}

/** `proceeding: stopTimers startTimer(D 32000) sendAck`; an ignored input is `-`. */
export function writeStep(
  before: { readonly name: string },
  step: { readonly state: { readonly name: string }; readonly actions: readonly AnyAction[] },
): string {
  if (step.actions.length === 0 && step.state.name === before.name) return '-';
  const actions = step.actions.map(({ kind, timer, delayMs }) =>
    timer === undefined ? kind : `${kind}(${timer} ${String(delayMs)})`,
  );
  return `${step.state.name}: ${actions.join(' ')}`;
}
