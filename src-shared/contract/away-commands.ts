// The commands on the answering machine: itself, its greetings, its messages, and where they go.
import * as v from 'valibot';
import { switchOnSchema } from './away-ways.ts';
import { awayChangeSchema, pinSchema } from './away.ts';
import { recordingChangeSchema } from './config-file.ts';
import { command } from './definition.ts';
import { deliveryChangeSchema } from './delivery.ts';
import { greetingCommands } from './greeting-store.ts';
import { callForecastSchema, callQuestionSchema } from './greeting.ts';
import { exportRequestSchema, messageSchema, playRequestSchema, retentionChangeSchema } from './message.ts';
import { byCall, done, limit, nothing, text } from './shapes.ts';
import { transcriptChangeSchema } from './transcript.ts';

const byMessage = v.strictObject({ messageId: text });

export const awayCommands = {
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
};
