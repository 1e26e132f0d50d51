// Tells an account's collector how its calls sounded: when they end, and when they become bad. RFC 6035 §3, §4.
import type { Logger } from '../../base/logger.ts';
import type { MediaEngine, RemoteQuality, SessionStatistics } from '../../media/index.ts';
import { RequestSeries, textBody, type UserAgentCore } from '../../sip/core/index.ts';
import {
  formatVoiceQuality,
  VOICE_QUALITY_EVENT,
  VOICE_QUALITY_TYPE,
  type VoiceQualityAlert,
  type VoiceQualityMetrics,
  type VoiceQualityReport,
} from '../../sip/usage/index.ts';
import type { CallInfo, CallManager } from '../call/index.ts';
import { parseSipUri, plainAddress, type Account, type Registrations } from '../registration/index.ts';
import { alertStep, NO_ALERTS, type AlertState } from './alert-step.ts';

export interface QualityReportsOptions {
  readonly core: UserAgentCore;
  readonly calls: CallManager;
  readonly media: MediaEngine;
  readonly registrations: Registrations;
  readonly logger: Logger;
  /** What is left out of our sound is no loss of it. */
  readonly silenceSuppression: boolean;
}

/** What is known of a call while it goes on. */
interface Followed {
  readonly account: Account;
  alerts: AlertState;
  dialog: Pick<VoiceQualityReport, 'callId' | 'localTag' | 'remoteTag'> | undefined;
}

export class QualityReports {
  readonly #options: QualityReportsOptions;
  readonly #followed = new Map<string, Followed>();

  constructor(options: QualityReportsOptions) {
    this.#options = options;
  }

  /** Follows every call from now on. */
  start(): void {
    const { calls, media } = this.#options;
    media.events.on('statistics', ({ sessionId, statistics }) => {
      const callId = calls.callOfMediaSession(sessionId);
      const call = callId === undefined ? undefined : calls.get(callId);
      if (call?.phase === 'connected') this.#look(call, statistics);
    });
    calls.events.on('changed', () => this.#reportReleased());
  }

  #look(call: CallInfo, statistics: SessionStatistics): void {
    const followed = this.#follow(call);
    if (!followed) return;
    const { state, alerts } = alertStep(followed.alerts, statistics);
    followed.alerts = state;
    for (const alert of alerts) this.#publish(followed, call, statistics, alert);
  }

  /** undefined when nobody wants to know. */
  #follow(call: CallInfo): Followed | undefined {
    const { registrations, calls } = this.#options;
    const known = this.#followed.get(call.id);
    if (known?.dialog) return known;
    const account = known?.account ?? registrations.get(call.accountId);
    if (typeof account?.settings.qualityCollector !== 'string') return undefined;
    const id = calls.dialogOf(call.id)?.id;
    const dialog = id && { callId: id.callId, localTag: id.localTag, remoteTag: id.remoteTag };
    const followed = { account, alerts: NO_ALERTS, dialog };
    this.#followed.set(call.id, followed);
    return followed;
  }

  /** RFC 6035 §3.1: at the end of each call that was one. */
  #reportReleased(): void {
    for (const callId of this.#followed.keys()) {
      const call = this.#options.calls.get(callId);
      if (call && !call.isReleased) continue;
      const followed = this.#followed.get(callId);
      this.#followed.delete(callId);
      if (call?.statistics && followed) this.#publish(followed, call, call.statistics);
    }
  }

  #publish(followed: Followed, call: CallInfo, statistics: SessionStatistics, alert?: VoiceQualityAlert): void {
    const { core, logger } = this.#options;
    const { account } = followed;
    const target = parseSipUri(account.settings.qualityCollector ?? '');
    const facts = { alert, hasSilenceSuppression: this.#options.silenceSuppression, nowMs: core.runtime.wallMs() };
    const report = reportOf(followed, call, statistics, facts);
    if (!target || !report) return;
    void core
      .request({
        method: 'PUBLISH',
        target,
        account: account.identity,
        series: new RequestSeries(core.runtime),
        headers: [['Event', VOICE_QUALITY_EVENT]],
        body: textBody(VOICE_QUALITY_TYPE, formatVoiceQuality(report)),
      })
      .then((result) => {
        if (result.ok && result.value.isSuccess) return;
        logger.warn('a quality report was not taken', { status: result.ok ? result.value.statusCode : 0 });
      });
  }
}

interface ReportFacts {
  readonly alert: VoiceQualityAlert | undefined;
  readonly hasSilenceSuppression: boolean;
  readonly nowMs: number;
}

function reportOf(
  { account, dialog }: Followed,
  call: CallInfo,
  statistics: SessionStatistics,
  { alert, hasSilenceSuppression, nowMs }: ReportFacts,
): VoiceQualityReport | undefined {
  const { place } = statistics;
  if (!dialog || !place || call.connectedAtMs === undefined) return undefined;
  return {
    ...dialog,
    ...(alert && { alert }),
    isCaller: call.direction === 'outgoing',
    local: `<${plainAddress(account.address)}>`,
    remote: `<${call.remote.address}>`,
    localPlace: { ...place.local, ssrc: place.localSsrc },
    remotePlace: { ...place.remote, ssrc: place.remoteSsrc ?? 0 },
    startedAtMs: call.connectedAtMs,
    stoppedAtMs: call.endedAtMs ?? nowMs,
    codec: {
      name: call.codec ?? 'unknown',
      sampleRateHz: call.sampleRateHz ?? 8000,
      payloadType: place.payloadType,
    },
    packetMs: place.packetMs,
    hasSilenceSuppression,
    localMetrics: localMetricsOf(statistics),
    remoteMetrics: statistics.remoteQuality && remoteMetricsOf(statistics.remoteQuality),
  };
}

const localMetricsOf = (statistics: SessionStatistics): VoiceQualityMetrics => ({
  ...statistics.losses,
  endSystemMs: statistics.endSystemMs,
  bufferNominalMs: statistics.bufferTargetMs,
  roundTripMs: statistics.roundTripMs,
  jitterMs: statistics.jitterMs,
  rFactor: statistics.rFactor,
  mosListening: statistics.mosListening,
  mosConversational: statistics.mos,
});

const remoteMetricsOf = ({ bufferTargetMs, mos, ...rest }: RemoteQuality): VoiceQualityMetrics => ({
  ...rest,
  bufferNominalMs: bufferTargetMs,
  mosConversational: mos,
});
