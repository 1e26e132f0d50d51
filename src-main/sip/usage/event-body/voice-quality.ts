// How a call sounded, for a collector: application/vq-rtcpxr. RFC 6035 §4.6 (grammar), §4.6.2 (what each figure means).

export const VOICE_QUALITY_TYPE = 'application/vq-rtcpxr';
export const VOICE_QUALITY_EVENT = 'vq-rtcpxr';

export interface VoiceQualityPlace {
  readonly address: string;
  readonly port: number;
  readonly ssrc: number;
}

/** One direction, as its receiver heard it; fractions from 0 to 1, what is not known is left out. */
export interface VoiceQualityMetrics {
  readonly lossFraction: number;
  readonly discardFraction: number;
  readonly burstLossFraction: number;
  readonly gapLossFraction: number;
  readonly burstMs: number;
  readonly gapMs: number;
  readonly endSystemMs: number;
  readonly bufferNominalMs: number;
  readonly roundTripMs?: number | undefined;
  readonly jitterMs?: number | undefined;
  readonly rFactor?: number | undefined;
  readonly mosListening?: number | undefined;
  readonly mosConversational?: number | undefined;
}

export interface VoiceQualityAlert {
  /** Which figure: packets lost by the network, or the score of a conversation. */
  readonly type: 'NLR' | 'MOSCQ';
  readonly severity: 'Warning' | 'Critical' | 'Clear';
}

export interface VoiceQualityReport {
  /** Absent: the call is over. */
  readonly alert?: VoiceQualityAlert;
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly isCaller: boolean;
  readonly local: string;
  readonly remote: string;
  readonly localPlace: VoiceQualityPlace;
  readonly remotePlace: VoiceQualityPlace;
  readonly startedAtMs: number;
  readonly stoppedAtMs: number;
  readonly codec: { readonly name: string; readonly sampleRateHz: number; readonly payloadType: number };
  readonly packetMs: number;
  readonly hasSilenceSuppression: boolean;
  readonly localMetrics: VoiceQualityMetrics;
  /** What the peer has told of its side. RFC 3611 §4.7 */
  readonly remoteMetrics?: VoiceQualityMetrics | undefined;
}

/** RFC 6035 §4.6.2.5: losses of a burst end after so many packets. */
const MINIMUM_GAP = 16;

/** The body of a PUBLISH. RFC 6035 §4.6 */
export function formatVoiceQuality(report: VoiceQualityReport): string {
  const { alert, local, remote, isCaller, callId, localTag, remoteTag } = report;
  const [fromTag, toTag] = isCaller ? [localTag, remoteTag] : [remoteTag, localTag];
  return [
    alert ? `VQAlertReport: Type=${alert.type} Severity=${alert.severity} Dir=local` : 'VQSessionReport: CallTerm',
    `CallID: ${oneLine(callId)}`,
    `LocalID: ${oneLine(local)}`,
    `RemoteID: ${oneLine(remote)}`,
    `OrigID: ${oneLine(isCaller ? local : remote)}`,
    `LocalAddr: ${placeOf(report.localPlace)}`,
    `RemoteAddr: ${placeOf(report.remotePlace)}`,
    'LocalMetrics:',
    `Timestamps: START=${timeOf(report.startedAtMs)} STOP=${timeOf(report.stoppedAtMs)}`,
    descriptionOf(report),
    ...metricLines(report.localMetrics),
    ...(report.remoteMetrics
      ? [
          'RemoteMetrics:',
          `Timestamps: START=${timeOf(report.startedAtMs)} STOP=${timeOf(report.stoppedAtMs)}`,
          ...metricLines(report.remoteMetrics),
        ]
      : []),
    `DialogID: ${oneLine(callId)};to-tag=${oneLine(toTag)};from-tag=${oneLine(fromTag)}`,
    '',
  ].join('\r\n');
}

/** What a peer has said goes into a line of ours, and stays one. */
const oneLine = (text: string): string => text.replace(/\p{Cc}/gu, ' ').slice(0, 512);

/** RFC 6035 §4.6.2.2: in seconds. */
const timeOf = (atMs: number): string => new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');

const placeOf = ({ address, port, ssrc }: VoiceQualityPlace): string =>
  `IP=${address} PORT=${port} SSRC=0x${ssrc.toString(16).padStart(8, '0')}`;

/** RFC 6035 §4.6.2.3: PLC=3 is concealment by what was heard before. */
const descriptionOf = ({ codec, packetMs, hasSilenceSuppression }: VoiceQualityReport): string =>
  `SessionDesc: PT=${codec.payloadType} PD=${codec.name} SR=${codec.sampleRateHz} FD=${packetMs} FPP=1 ` +
  `PPS=${Math.round(1000 / packetMs)} PLC=3 SSUP=${hasSilenceSuppression ? 'on' : 'off'}`;

function metricLines(metrics: VoiceQualityMetrics): string[] {
  const { roundTripMs, jitterMs, rFactor, mosListening, mosConversational } = metrics;
  const percent = (fraction: number): string => (100 * fraction).toFixed(2);
  const known = (name: string, value: number | undefined, digits = 0): string[] =>
    value === undefined ? [] : [`${name}=${value.toFixed(digits)}`];
  return [
    `JitterBuffer: JBA=3 JBN=${Math.round(metrics.bufferNominalMs)}`,
    `PacketLoss: NLR=${percent(metrics.lossFraction)} JDR=${percent(metrics.discardFraction)}`,
    `BurstGapLoss: BLD=${percent(metrics.burstLossFraction)} BD=${metrics.burstMs} ` +
      `GLD=${percent(metrics.gapLossFraction)} GD=${metrics.gapMs} GMIN=${MINIMUM_GAP}`,
    ['Delay:', ...known('RTD', roundTripMs), `ESD=${Math.round(metrics.endSystemMs)}`, ...known('IAJ', jitterMs)].join(
      ' ',
    ),
    [
      'QualityEst:',
      ...known('RCQ', rFactor),
      ...known('MOSLQ', mosListening, 1),
      ...known('MOSCQ', mosConversational, 1),
    ].join(' '),
  ];
}
