// The commands on calls.
import * as v from 'valibot';
import { qualitySchema } from './call.ts';
import { command, event } from './definition.ts';
import { byCall, byTarget, done, text } from './shapes.ts';

const byCalls = v.strictObject({ callIds: v.pipe(v.array(text), v.minLength(1)) });
const byReferral = v.strictObject({ referralId: text });

export const callCommands = {
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
};
