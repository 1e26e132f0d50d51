// The other side of the contract: one handler for each command, and the caller that checks before it calls.
import {
  checkParams,
  isCommandName,
  type CheckedParams,
  type CommandName,
  type CommandParams,
  type CommandValue,
  type EventName,
  type EventPayload,
} from './contract.ts';
import { refusal, type Reply } from './failure.ts';

/** A missing handler fails to compile. */
export type CommandHandlers = {
  readonly [Name in CommandName]: (params: CheckedParams<Name>) => Promise<Reply<CommandValue<Name>>>;
};

/** What a client of the phone holds: the window, the control socket's other end, a test. */
export interface PhoneClient {
  call<Name extends CommandName>(name: Name, params?: CommandParams<Name>): Promise<Reply<CommandValue<Name>>>;
  /** Calls `listener` at each event until the returned function is called. */
  onEvent(listener: (event: AnyEvent) => void): () => void;
}

/** An event with its name, as it travels. */
export type AnyEvent = { [Name in EventName]: { readonly event: Name } & EventPayload<Name> }[EventName];

/** Answers a command from outside: name and params are unknown until checked; nothing thrown crosses. */
export async function callHandler(handlers: CommandHandlers, name: unknown, params: unknown): Promise<Reply<unknown>> {
  if (typeof name !== 'string' || !isCommandName(name)) {
    return refusal('unknownCommand', `there is no command ${JSON.stringify(name)}`);
  }
  const checked = checkParams(name, params ?? undefined);
  if (!checked.ok) return refusal('badParams', `${name}: ${checked.message}`);
  try {
    const handler = handlers[name] as (params: unknown) => Promise<Reply<unknown>>;
    return await handler(checked.value);
  } catch (error) {
    return refusal('internal', error instanceof Error ? error.message : 'unknown error');
  }
}
