// JSON-RPC 2.0 as the WebSocket and the control socket speak it: commands are methods, events are notifications.
import * as v from 'valibot';
import { eventNames, isCommandName } from './contract.ts';
import { failureSchema, refusal, type Reply } from './failure.ts';
import { callHandler, type AnyEvent, type CommandHandlers } from './handlers.ts';

const requestSchema = v.object({
  jsonrpc: v.literal('2.0'),
  id: v.optional(v.union([v.string(), v.number(), v.null()])),
  method: v.string(),
  params: v.optional(v.unknown()),
});

const responseSchema = v.object({
  jsonrpc: v.literal('2.0'),
  id: v.union([v.string(), v.number(), v.null()]),
  result: v.optional(v.unknown()),
  error: v.optional(v.object({ code: v.number(), message: v.string(), data: v.optional(v.unknown()) })),
});

const notificationSchema = v.object({ jsonrpc: v.literal('2.0'), method: v.string(), params: v.looseObject({}) });

/** The JSON-RPC codes for what the protocol itself can refuse; everything else is an application error. */
const ERROR_CODES = {
  parse: -32_700,
  invalid: -32_600,
  unknownMethod: -32_601,
  badParams: -32_602,
  application: -32_000,
};

const errorText = (id: string | number | null, code: number, failure: { code: string; message: string }) =>
  JSON.stringify({ jsonrpc: '2.0', id, error: { code, message: failure.message, data: failure } });

/** Answers one message from a client; undefined when it asks for no answer. Never throws. */
export async function answerRpc(text: string, handlers: CommandHandlers): Promise<string | undefined> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return errorText(null, ERROR_CODES.parse, { code: 'badParams', message: 'not JSON' });
  }
  const request = v.safeParse(requestSchema, parsed);
  if (!request.success)
    return errorText(null, ERROR_CODES.invalid, { code: 'badParams', message: 'not a JSON-RPC 2.0 request' });
  const { id, method, params } = request.output;
  const reply = await callHandler(handlers, method, params);
  if (id === undefined) return undefined;
  if (reply.ok) return JSON.stringify({ jsonrpc: '2.0', id, result: reply.value ?? null });
  return errorText(id, errorCode(method, reply.failure.code), reply.failure);
}

function errorCode(method: string, code: string): number {
  if (!isCommandName(method)) return ERROR_CODES.unknownMethod;
  return code === 'badParams' ? ERROR_CODES.badParams : ERROR_CODES.application;
}

export const requestText = (id: number, method: string, params: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }) });

export function eventText({ event, ...params }: AnyEvent): string {
  return JSON.stringify({ jsonrpc: '2.0', method: event, params });
}

export type RpcIncoming =
  | { readonly kind: 'reply'; readonly id: string | number | null; readonly reply: Reply<unknown> }
  | { readonly kind: 'event'; readonly event: AnyEvent };

/** What a client reads from the phone; undefined for anything that is neither a reply nor a known event. */
export function readRpc(text: string): RpcIncoming | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const response = v.safeParse(responseSchema, parsed);
  if (response.success) return { kind: 'reply', id: response.output.id, reply: toReply(response.output) };
  const notification = v.safeParse(notificationSchema, parsed);
  if (!notification.success || !(eventNames as readonly string[]).includes(notification.output.method))
    return undefined;
  // The phone is trusted by its own window: it made the payload from the same contract.
  return {
    kind: 'event',
    event: { event: notification.output.method, ...notification.output.params } as unknown as AnyEvent,
  };
}

function toReply({ result, error }: v.InferOutput<typeof responseSchema>): Reply<unknown> {
  if (!error) return { ok: true, value: result === null ? undefined : result };
  const failure = v.safeParse(failureSchema, error.data);
  return failure.success ? { ok: false, failure: failure.output } : refusal('internal', error.message);
}
