// call.* : everything one does with calls.
import { join } from 'node:path';
import { refusal, type CommandHandlers, type CommandName } from '../../../src-shared/contract/index.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { lineHandlers } from './line-handlers.ts';
import { answer, done, fromCall } from './reply.ts';

type CallHandlers = Pick<CommandHandlers, Extract<CommandName, `call.${string}`>>;

export function callHandlers(parts: PhoneParts): CallHandlers {
  const { calls, registrations } = parts;
  return {
    ...lineHandlers(parts),
    'call.dial': ({ target, accountId, isAnonymous }) => {
      const account = accountId === undefined ? parts.accounts.usual : registrations.get(accountId);
      if (!account)
        return Promise.resolve(
          refusal('noAccount', accountId === undefined ? 'Add an account first.' : `There is no account ${accountId}.`),
        );
      return Promise.resolve(fromCall(calls.dial(target, account, { isAnonymous })));
    },
    'call.answer': async ({ callId }) => fromCall(await calls.answer(callId)),
    'call.hangUp': ({ callId }) => Promise.resolve(fromCall(calls.hangUp(callId))),
    'call.hold': async ({ callId }) => fromCall(await calls.hold(callId, true)),
    'call.resume': async ({ callId }) => fromCall(await calls.hold(callId, false)),
    'call.reject': ({ callId, statusCode }) => Promise.resolve(fromCall(calls.reject(callId, statusCode))),
    'call.redirect': ({ callId, target }) => Promise.resolve(fromCall(calls.redirect(callId, target))),
    'call.setMuted': async ({ callId, muted }) => fromCall(await calls.setMuted(callId, muted)),
    'call.sendDtmf': async ({ callId, digits }) => fromCall(await calls.sendDigits(callId, digits)),
    'call.transfer': async ({ callId, target }) => fromCall(await calls.transfer(callId, target)),
    'call.transferAttended': async ({ callId, consultationCallId }) =>
      fromCall(await calls.transferAttended(callId, consultationCallId)),
    'call.acceptTransfer': ({ callId }) => Promise.resolve(fromCall(calls.acceptTransfer(callId))),
    'call.declineTransfer': ({ callId }) => Promise.resolve(fromCall(calls.declineTransfer(callId))),
    'call.acceptReferral': ({ referralId }) => Promise.resolve(fromCall(parts.referrals.accept(referralId))),
    'call.declineReferral': ({ referralId }) => Promise.resolve(fromCall(parts.referrals.decline(referralId))),
    'call.addParticipant': async ({ callId, target }) => fromCall(await calls.changeParticipant(callId, target, 'add')),
    'call.removeParticipant': async ({ callId, target }) =>
      fromCall(await calls.changeParticipant(callId, target, 'remove')),
    'call.merge': async ({ callIds }) => fromCall(await calls.merge(callIds)),
    'call.split': async ({ callIds }) => fromCall(await calls.split(callIds)),
    'call.startRecording': async ({ callId, file = recordingFile(parts, callId) }) => {
      const { format, beep } = parts.preferences.recordings;
      const form = file.endsWith('.ogg') || file.endsWith('.opus') ? 'ogg' : file.endsWith('.wav') ? 'wav' : format;
      const started = await calls.startRecording(callId, file, { format: form, ...(beep !== 'off' && { beep }) });
      return started.ok ? answer({ file }) : fromCall(started);
    },
    'call.stopRecording': async ({ callId }) => fromCall(await calls.stopRecording(callId)),
    'call.setVolume': async ({ callId, percent }) => fromCall(await calls.setVolume(callId, percent)),
    'call.play': async ({ callId, file, isLooped = true, mixesMicrophone = false }) => {
      const played = await calls.play(callId, { file, isLooped, mixesMicrophone });
      return played.ok ? done : fromCall(played);
    },
  };
}

/** `2026-01-31T09-05-07 bob.wav`: sorts by time, and says who it was. */
function recordingFile({ folder, runtime, calls, preferences }: PhoneParts, callId: string): string {
  const time = new Date(runtime.wallMs()).toISOString().slice(0, 19).replaceAll(':', '-');
  const who = (calls.get(callId)?.remote.address ?? callId).replace(/^sips?:/, '').replace(/[^\w.@+-]/g, '_');
  return join(folder.recordingsFolder, `${time} ${who}.${preferences.recordings.format}`);
}
