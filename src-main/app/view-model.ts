// From the features' data to the slices of the view.
import type { AccountConfig, AccountView, CallView, HistoryEntry, PhoneView } from '../../src-shared/contract/index.ts';
import type { CallInfo } from '../features/call/index.ts';
import type { RemoteQuality } from '../media/index.ts';
import { plainAddress, type Account, type Registrations } from '../features/registration/index.ts';
import type { AudioStatus } from '../media/index.ts';
import type { HistoryRecord } from '../storage/index.ts';
import type { ChosenDevices, SoundWay } from './audio-spec.ts';

export function toAccountView(
  account: Account,
  registrations: Registrations,
  voicemail: AccountView['voicemail'],
): AccountView {
  const { state, statusCode, reason, expiresAtMs } = registrations.reportOf(account.id);
  const settings: Partial<AccountConfig> & AccountView['settings'] = { ...(account.settings as AccountConfig) };
  delete settings.password;
  delete settings.turnPassword;
  return {
    id: account.id,
    address: plainAddress(account.address),
    displayName: account.settings.displayName,
    registration: state,
    voicemail,
    isTestLine: account.isTestLine,
    settings: { ...settings, id: account.id },
    ...(statusCode !== undefined && { statusCode }),
    ...(reason !== undefined && { reason }),
    ...(expiresAtMs !== undefined && { expiresAtMs }),
  };
}

export const toAudioView = (
  { missing, ...status }: AudioStatus,
  chosen: ChosenDevices,
  way: SoundWay | undefined,
): PhoneView['audio'] => ({
  ...status,
  ...(way && { way }),
  ...(missing && { missing: [...missing] }),
  chosen,
});

export function toCallView(call: CallInfo): CallView {
  const { id, accountId, direction, phase, remote, forwardedFrom, startedAtMs, connectedAtMs, ending } = call;
  const { isOnHold, isRemoteHolding, isMuted, isRecording, isAway } = call;
  return {
    id,
    accountId,
    direction,
    state: phase,
    isOnHold,
    isRemoteHolding,
    isMuted,
    ...(call.volumePercent !== undefined && { volumePercent: call.volumePercent }),
    isRecording,
    isAway,
    ...(call.ringsThrough === true && { ringsThrough: true }),
    remote,
    startedAtMs,
    media: mediaView(call),
    ...(forwardedFrom && { forwardedFrom }),
    ...(connectedAtMs !== undefined && { connectedAtMs }),
    ...(call.conference && {
      conference: { subject: call.conference.subject, participants: [...call.conference.participants] },
    }),
    ...(call.conferenceId !== undefined && { conferenceId: call.conferenceId }),
    ...(call.joins !== undefined && { joins: call.joins }),
    ...(call.transfer && { transfer: call.transfer }),
    ...(call.transferRequest && { transferRequest: call.transferRequest }),
    ...(ending && { end: ending }),
  };
}

function mediaView({ codec, sampleRateHz, srtp, dtmf }: CallInfo): CallView['media'] {
  return {
    codec: codec ?? null,
    sampleRateHz: sampleRateHz ?? null,
    srtp: srtp?.suite ?? null,
    dtmf: dtmf ?? null,
    ...(srtp && { areSrtpKeysProtected: srtp.areKeysProtected }),
  };
}

/** Quality travels on its own event: it changes each second and would push every call with it. */
export function toQuality({ statistics }: CallInfo) {
  if (!statistics) return undefined;
  const { mos, lostPackets, latePackets, receivedPackets, roundTripMs, losses, remoteQuality, ice } = statistics;
  const { jitterMs, bufferMs, bufferTargetMs, concealedMs, rFactor } = statistics;
  const expected = Math.max(1, lostPackets + receivedPackets);
  const bursts = { durationMs: losses.burstMs, lossPercent: 100 * losses.burstLossFraction };
  return {
    ...{ mos, rFactor, jitterMs, bufferMs, bufferTargetMs, concealedMs },
    lossPercent: (100 * lostPackets) / expected,
    latePercent: (100 * latePackets) / expected,
    stretchedMs: statistics.grownMs + statistics.shrunkMs,
    ...(losses.burstMs > 0 && { bursts }),
    ...(roundTripMs !== undefined && { roundTripMs }),
    ...(ice && { path: ice }),
    ...(remoteQuality && { remote: toRemoteQuality(remoteQuality) }),
  };
}

const toRemoteQuality = ({ mos, lossFraction, discardFraction }: RemoteQuality) => ({
  lossPercent: 100 * (lossFraction + discardFraction),
  ...(mos !== undefined && { mos }),
});

export function toHistoryEntry(record: HistoryRecord): HistoryEntry {
  const { remoteName, remoteAddress, reason, statusCode, messageId, connectedTo, forwardedFrom, ...rest } = record;
  return {
    ...rest,
    remote: { displayName: remoteName, address: remoteAddress },
    ...(connectedTo && { connectedTo }),
    ...(forwardedFrom && { forwardedFrom }),
    ...(reason !== undefined && { reason }),
    ...(statusCode !== undefined && { statusCode }),
    ...(messageId !== undefined && { messageId }),
  };
}
