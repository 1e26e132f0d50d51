// The contract: every command and event of the phone with its schemas. All else is derived from this one object.
import * as v from 'valibot';
import { accountSchema } from './account.ts';
import { hostPresenceSchema, switchOnSchema } from './away-ways.ts';
import { awayChangeSchema, pinSchema } from './away.ts';
import { historyEntrySchema, qualitySchema } from './call.ts';
import { recordingChangeSchema } from './config-file.ts';
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
import { deliveryChangeSchema } from './delivery.ts';
import { callForecastSchema, callQuestionSchema } from './greeting.ts';
import { greetingCommands } from './greeting-store.ts';
import { exportRequestSchema, messageSchema, playRequestSchema, retentionChangeSchema } from './message.ts';
import { contactDraftSchema, contactSchema, ownPresenceSchema, textMessageSchema } from './people.ts';
import { transcriptChangeSchema } from './transcript.ts';
import { changedSlicesSchema, phoneViewSchema, soundWaySchema } from './view.ts';

const nothing = v.optional(v.strictObject({}), {});
const done = v.undefined();
const text = v.pipe(v.string(), v.maxLength(4096));
const byCall = v.strictObject({ callId: text });
const byCalls = v.strictObject({ callIds: v.pipe(v.array(text), v.minLength(1)) });
const byAccount = v.strictObject({ accountId: text });
const byReferral = v.strictObject({ referralId: text });
const byMessage = v.strictObject({ messageId: text });
const byTarget = v.strictObject({ target: text, accountId: v.optional(text) });
const limit = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)), 100);

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
  call: {
    dial: command(
      v.strictObject({ target: text, accountId: v.optional(text), isAnonymous: v.optional(v.boolean()) }),
      v.object({ callId: v.string() }),
    ),
    answer: command(byCall, done),
    hangUp: command(byCall, done),
    hold: command(byCall, done),
    resume: command(byCall, done),
    reject: command(
      v.strictObject({
        callId: text,
        statusCode: v.optional(v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(699)), 486),
      }),
      done,
    ),
    redirect: command(v.strictObject({ callId: text, target: text }), done),
    setMuted: command(v.strictObject({ callId: text, muted: v.boolean() }), done),
    /** How loud the peer is here, in percent of how he comes. */
    setVolume: command(
      v.strictObject({ callId: text, percent: v.pipe(v.number(), v.minValue(0), v.maxValue(200)) }),
      done,
    ),
    sendDtmf: command(
      v.strictObject({
        callId: text,
        digits: v.pipe(text, v.regex(/^[0-9*#A-Da-d,]+$/, 'digits are 0-9 * # A-D and , for a pause')),
      }),
      done,
    ),
    transfer: command(v.strictObject({ callId: text, target: text }), v.object({ statusCode: v.number() })),
    transferAttended: command(
      v.strictObject({ callId: text, consultationCallId: text }),
      v.object({ statusCode: v.number() }),
    ),
    /** The peer asks us to call somebody else: yes, and here is the new call. */
    acceptTransfer: command(byCall, v.object({ callId: v.string() })),
    declineTransfer: command(byCall, done),
    /** Somebody asks for a call outside any other: yes, and here it is. RFC 5359 §2.18 */
    acceptReferral: command(byReferral, v.object({ callId: v.string() })),
    declineReferral: command(byReferral, done),
    /** The focus of a conference call is asked to bring somebody in, or to send them away. RFC 4579 */
    addParticipant: command(v.strictObject({ callId: text, target: text }), v.object({ statusCode: v.number() })),
    removeParticipant: command(v.strictObject({ callId: text, target: text }), v.object({ statusCode: v.number() })),
    /** Leaves the peer to a park server. RFC 5359 §2.15 */
    park: command(v.strictObject({ callId: text, target: text }), v.object({ statusCode: v.number() })),
    /** Takes back what is parked at an address. */
    retrieve: command(byTarget, v.object({ callId: v.string() })),
    /** Answers here what rings at somebody else's line. RFC 5359 §2.16 */
    pickUp: command(byTarget, v.object({ callId: v.string() })),
    /** Asks to come into the call that somebody else's line has. RFC 3911 */
    join: command(byTarget, v.object({ callId: v.string() })),
    /** Calls as soon as the line is free; `callBacks` in the view has who is waited for. RFC 5359 §2.17 */
    callBackWhenFree: command(byTarget, v.object({ address: v.string() })),
    cancelCallBack: command(v.strictObject({ address: text }), done),
    /** Mixes these calls here, so that their peers hear each other. */
    merge: command(byCalls, v.object({ conferenceId: v.string() })),
    /** Takes calls out of the conference here; they wait on hold. */
    split: command(byCalls, v.object({ conferenceId: v.string() })),
    startRecording: command(v.strictObject({ callId: text, file: v.optional(text) }), v.object({ file: v.string() })),
    stopRecording: command(byCall, v.object({ file: v.string() })),
    /** A WAV file in the microphone's place, or beside it; until the next command, or once. */
    play: command(
      v.strictObject({
        callId: text,
        file: text,
        isLooped: v.optional(v.boolean()),
        mixesMicrophone: v.optional(v.boolean()),
      }),
      done,
    ),
    qualitySampled: event(v.object({ callId: v.string(), quality: qualitySchema })),
    /** A key that the peer pressed, by RFC 4733 or INFO: once a press. */
    digitReceived: event(v.object({ callId: v.string(), digit: v.string() })),
    /** Talking while muted (at most every 5 s); the microphone delivers nothing for 3 s; it delivers again. */
    microphoneNoticed: event(
      v.object({
        callId: v.string(),
        notice: v.picklist(['speakingWhileMuted', 'microphoneSilent', 'microphoneHeard']),
      }),
    ),
  },
  away: {
    set: command(awayChangeSchema, done),
    /** By hand, and until when. */
    switchOn: command(switchOnSchema, done),
    /** The user is here: what switched it on is passed over until it would have ended, or the day is over. */
    switchOff: command(nothing, done),
    /** What would happen to a call from somebody, now or at another time. */
    explain: command(callQuestionSchema, callForecastSchema),
    /** Reads the calendar now, and not a quarter of an hour after the last time. */
    readCalendar: command(nothing, done),
    /** By which the owner hears his messages from afar; null: not at all. */
    setPin: command(v.strictObject({ pin: v.nullable(pinSchema) }), done),
    /** By which listed callers ring through; null: nobody does. */
    setRingThroughPin: command(v.strictObject({ pin: v.nullable(pinSchema) }), done),
    /** Who rings through leaves a message instead. */
    leaveToMachine: command(byCall, done),
    /** The user speaks to who is leaving a message. */
    pickUp: command(byCall, done),
    /** The user hears the name that a caller gave. */
    playName: command(byCall, done),
    /** The user hears who is leaving a message, and is not heard. */
    listen: command(v.strictObject({ callId: text, enabled: v.boolean() }), done),
    /** Has one of `away.replies` said in the user's place, and hangs up. */
    reply: command(v.strictObject({ callId: text, replyId: text }), done),
  },
  greeting: greetingCommands,
  delivery: {
    set: command(deliveryChangeSchema, done),
    /** Sends the app's own greeting by one way; the failure has the server's words. */
    test: command(v.strictObject({ way: v.picklist(['mail', 'webhook', 'folder']) }), done),
  },
  host: {
    /** Told by hosts that know: the screen, and how long nothing was touched. */
    setPresence: command(hostPresenceSchema, done),
  },
  recording: {
    /** How calls are recorded from now on; `recordings` in the view has it. */
    set: command(recordingChangeSchema, done),
  },
  message: {
    /** Newest first; `search` has beginnings of words in name, address, note and transcript. */
    list: command(
      v.optional(v.strictObject({ search: v.optional(text), limit: v.optional(limit, 1000) }), {}),
      v.array(messageSchema),
    ),
    /** The trash: what was deleted less than 30 days ago. */
    listDeleted: command(nothing, v.array(messageSchema)),
    markHeard: command(v.strictObject({ messageId: text, isHeard: v.optional(v.boolean(), true) }), done),
    setMarked: command(v.strictObject({ messageId: text, isMarked: v.boolean() }), done),
    setNote: command(v.strictObject({ messageId: text, note: v.pipe(v.string(), v.maxLength(2000)) }), done),
    delete: command(byMessage, done),
    restore: command(byMessage, done),
    /** `retention` in the view has it; the user is told a day before anything goes. */
    setRetention: command(retentionChangeSchema, done),
    /** The sound of messages on the disk; what is there follows in the background (`encryption` in the view). */
    setEncryption: command(v.strictObject({ isOn: v.boolean() }), done),
    /** Deletes for good what is in the trash. */
    emptyTrash: command(nothing, done),
    /** Copies the sound into a file for other programs; says which. */
    export: command(exportRequestSchema, v.object({ file: v.string() })),
    play: command(playRequestSchema, done),
    stop: command(nothing, done),
  },
  transcript: {
    /** `transcripts` in the view has it; refused when the folder has no speech model. */
    set: command(transcriptChangeSchema, done),
    /** Writes down what is said in a message, also once more. */
    write: command(byMessage, done),
    cancel: command(byMessage, done),
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
