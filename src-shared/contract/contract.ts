// The contract: every command and event of the phone with its schemas. All else is derived from this one object.
import * as v from 'valibot';
import { accountSchema } from './account.ts';
import { awayCommands } from './away-commands.ts';
import { hostPresenceSchema } from './away-ways.ts';
import { callCommands } from './call-commands.ts';
import { historyEntrySchema } from './call.ts';
import {
  command,
  event,
  type CheckedParamsOf,
  type CommandNameOf,
  type EventNameOf,
  type ParamsOf,
  type PayloadOf,
  type ValueOf,
} from './definition.ts';
import { contactDraftSchema, contactSchema, ownPresenceSchema, textMessageSchema } from './people.ts';
import { byTarget, done, limit, nothing, text } from './shapes.ts';
import { changedSlicesSchema, phoneViewSchema, soundWaySchema } from './view.ts';

const byAccount = v.strictObject({ accountId: text });

export const contract = Object.freeze({
  phone: {
    getView: command(nothing, phoneViewSchema),
    setDoNotDisturb: command(v.strictObject({ enabled: v.boolean() }), done),
    dismissNotice: command(v.strictObject({ noticeId: text }), done),
    /** The host noticed a wake from sleep or another network: sockets are opened anew. */
    networkChanged: command(nothing, done),
    changed: event(v.object({ revision: v.number(), changed: changedSlicesSchema })),
  },
  account: {
    save: command(accountSchema, v.object({ accountId: v.string() })),
    remove: command(byAccount, v.object({ accountId: v.string() })),
    register: command(byAccount, v.object({ accountId: v.string() })),
    unregister: command(byAccount, v.object({ accountId: v.string() })),
  },
  certificate: {
    /** Believes this server's certificate from now on. */
    trust: command(v.strictObject({ id: text }), done),
    refuse: command(v.strictObject({ id: text }), done),
  },
  call: callCommands,
  ...awayCommands,
  host: {
    /** Told by hosts that know: the screen, and how long nothing was touched. */
    setPresence: command(hostPresenceSchema, done),
  },
  history: {
    list: command(
      v.optional(v.strictObject({ limit, before: v.optional(v.number()), search: v.optional(text) }), {}),
      v.array(historyEntrySchema),
    ),
    delete: command(v.strictObject({ entryId: text }), done),
  },
  contact: {
    list: command(nothing, v.array(contactSchema)),
    save: command(contactDraftSchema, contactSchema),
    delete: command(v.strictObject({ contactId: text }), done),
    /** Those whose address is new are added. */
    import: command(
      v.strictObject({ contacts: v.pipe(v.array(contactDraftSchema), v.maxLength(5000)) }),
      v.object({ added: v.number() }),
    ),
    export: command(nothing, v.object({ contacts: v.array(contactSchema) })),
  },
  presence: {
    subscribe: command(byTarget, v.object({ address: v.string() })),
    unsubscribe: command(v.strictObject({ address: text }), done),
    /** An activity of null takes back what was published. */
    setOwn: command(
      v.strictObject({
        activity: v.nullable(ownPresenceSchema.entries.activity),
        note: ownPresenceSchema.entries.note,
      }),
      done,
    ),
  },
  text: {
    send: command(
      v.strictObject({ target: text, accountId: v.optional(text), text: v.pipe(v.string(), v.maxLength(16_384)) }),
      v.object({ textId: v.string() }),
    ),
    list: command(
      v.optional(v.strictObject({ address: v.optional(text), limit, before: v.optional(v.number()) }), {}),
      v.array(textMessageSchema),
    ),
    markRead: command(v.strictObject({ address: text }), done),
    setComposing: command(
      v.strictObject({ target: text, accountId: v.optional(text), isComposing: v.boolean() }),
      done,
    ),
    deleteConversation: command(v.strictObject({ address: text }), done),
  },
  settings: {
    get: command(v.strictObject({ path: text }), v.unknown()),
    set: command(v.strictObject({ path: text, value: v.unknown() }), v.unknown()),
  },
  device: {
    list: command(
      nothing,
      v.array(
        v.object({
          name: v.string(),
          hostApi: v.string(),
          canCapture: v.boolean(),
          canPlay: v.boolean(),
          isDefaultCapture: v.boolean(),
          isDefaultPlayback: v.boolean(),
        }),
      ),
    ),
    select: command(v.strictObject({ role: v.picklist(['microphone', 'speaker', 'ringer']), name: text }), done),
    /** `auto`: the sound driver, and the window where there is none; `window`: the window in any case. */
    setWay: command(v.strictObject({ way: soundWaySchema }), done),
  },
  diagnostics: {
    getTrace: command(
      v.optional(v.strictObject({ callId: v.optional(text) }), {}),
      v.array(
        v.object({
          atMs: v.number(),
          direction: v.picklist(['incoming', 'outgoing']),
          protocol: v.string(),
          remote: v.string(),
          text: v.string(),
        }),
      ),
    ),
    export: command(v.optional(v.strictObject({ callId: v.optional(text) }), {}), v.object({ file: v.string() })),
  },
  media: {
    levelsSampled: event(v.object({ callId: v.string(), sentDbov: v.number(), receivedDbov: v.number() })),
  },
});

export type Contract = typeof contract;
export type CommandName = CommandNameOf<Contract>;
export type EventName = EventNameOf<Contract>;
export type CommandParams<Name extends CommandName> = ParamsOf<Contract, Name>;
export type CheckedParams<Name extends CommandName> = CheckedParamsOf<Contract, Name>;
export type CommandValue<Name extends CommandName> = ValueOf<Contract, Name>;
export type EventPayload<Name extends EventName> = PayloadOf<Contract, Name>;

type AnyEntry = { readonly kind: 'command'; readonly params: v.GenericSchema } | { readonly kind: 'event' };

const entries = new Map<string, AnyEntry>(
  Object.entries(contract).flatMap(([group, verbs]) =>
    Object.entries(verbs).map(([verb, entry]) => [`${group}.${verb}`, entry as AnyEntry] as const),
  ),
);

const namesOf = (kind: AnyEntry['kind']) =>
  [...entries].filter(([, entry]) => entry.kind === kind).map(([name]) => name);

export const commandNames = namesOf('command') as readonly CommandName[];
export const eventNames = namesOf('event') as readonly EventName[];

export const isCommandName = (name: string): name is CommandName => entries.get(name)?.kind === 'command';

/** Checks what came over a border; the message of a refusal names the path of each fault. */
export function checkParams(
  name: CommandName,
  params: unknown,
): { ok: true; value: unknown } | { ok: false; message: string } {
  const entry = entries.get(name);
  if (entry?.kind !== 'command') return { ok: false, message: `${name} is not a command` };
  return checkWith(entry.params, params);
}

/** Runs a schema on something unknown. */
export function checkWith<S extends v.GenericSchema>(
  schema: S,
  input: unknown,
): { ok: true; value: v.InferOutput<S> } | { ok: false; message: string } {
  const outcome = v.safeParse(schema, input);
  if (outcome.success) return { ok: true, value: outcome.output };
  return { ok: false, message: outcome.issues.map(describeIssue).join('; ') };
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  // A strict object reports an unknown key as expecting "never" at its path.
  if (issue.expected === 'never') return `unknown key "${path ?? ''}"`;
  return path === null ? issue.message : `${path}: ${issue.message}`;
}
