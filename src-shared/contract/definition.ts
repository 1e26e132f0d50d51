// What a contract entry is, and the types that follow from a contract. The contract itself is in contract.ts.
import type * as v from 'valibot';

export type Schema = v.GenericSchema;

/** Always answered: with a value or with a failure. */
export interface Command<Params extends Schema, Value extends Schema> {
  readonly kind: 'command';
  readonly params: Params;
  readonly value: Value;
}

export interface ContractEvent<Payload extends Schema> {
  readonly kind: 'event';
  readonly payload: Payload;
}

export const command = <Params extends Schema, Value extends Schema>(
  params: Params,
  value: Value,
): Command<Params, Value> => ({ kind: 'command', params, value });

export const event = <Payload extends Schema>(payload: Payload): ContractEvent<Payload> => ({ kind: 'event', payload });

export type ContractShape = Readonly<
  Record<string, Readonly<Record<string, Command<Schema, Schema> | ContractEvent<Schema>>>>
>;

type Entries<C extends ContractShape> = {
  [Group in keyof C & string]: {
    [Verb in keyof C[Group] & string]: { name: `${Group}.${Verb}`; entry: C[Group][Verb] };
  }[keyof C[Group] & string];
}[keyof C & string];

/** `noun.verb` of every command. */
export type CommandNameOf<C extends ContractShape> = Extract<Entries<C>, { entry: { kind: 'command' } }>['name'];
export type EventNameOf<C extends ContractShape> = Extract<Entries<C>, { entry: { kind: 'event' } }>['name'];

type EntryOf<C extends ContractShape, Name extends string> = Extract<Entries<C>, { name: Name }>['entry'];

/** What a caller may give (before defaults). */
export type ParamsOf<C extends ContractShape, Name extends CommandNameOf<C>> =
  EntryOf<C, Name> extends Command<infer Params, Schema> ? v.InferInput<Params> : never;
/** What a handler receives (after defaults). */
export type CheckedParamsOf<C extends ContractShape, Name extends CommandNameOf<C>> =
  EntryOf<C, Name> extends Command<infer Params, Schema> ? v.InferOutput<Params> : never;
export type ValueOf<C extends ContractShape, Name extends CommandNameOf<C>> =
  EntryOf<C, Name> extends Command<Schema, infer Value> ? v.InferOutput<Value> : never;
export type PayloadOf<C extends ContractShape, Name extends EventNameOf<C>> =
  EntryOf<C, Name> extends ContractEvent<infer Payload> ? v.InferOutput<Payload> : never;
