// The body of a quality report. RFC 6035 §4.6
import { describe, expect, it } from 'vitest';
import { formatVoiceQuality, type VoiceQualityReport } from '../../../../../src-main/sip/usage/index.ts';

const metrics = {
  lossFraction: 0.05,
  discardFraction: 0.02,
  burstLossFraction: 0.5,
  gapLossFraction: 0.01,
  burstMs: 120,
  gapMs: 4000,
  endSystemMs: 110,
  bufferNominalMs: 40,
};
const report: VoiceQualityReport = {
  callId: '6dg37f1890463',
  localTag: '9123dh311',
  remoteTag: '8472761',
  isCaller: true,
  local: '<sip:alice@example.org>',
  remote: '<sip:bill@example.net>',
  localPlace: { address: '10.10.1.100', port: 5000, ssrc: 0x1a3b5c7d },
  remotePlace: { address: '11.1.1.150', port: 5002, ssrc: 0x2468 },
  startedAtMs: Date.UTC(2004, 9, 10, 18, 23, 43, 500),
  stoppedAtMs: Date.UTC(2004, 9, 10, 18, 26, 2),
  codec: { name: 'PCMU', sampleRateHz: 8000, payloadType: 0 },
  packetMs: 20,
  hasSilenceSuppression: false,
  localMetrics: {
    ...metrics,
    roundTripMs: 200,
    jitterMs: 2.4,
    rFactor: 85,
    mosListening: 4.22,
    mosConversational: 4.3,
  },
};

describe('application/vq-rtcpxr — RFC 6035 §4.6, §4.6.2, §4.6.2.2, §4.6.2.3, §4.6.2.5', () => {
  it('says of a call that is over where it was, what it was and how it sounded', () => {
    expect(formatVoiceQuality(report).split('\r\n')).toEqual([
      'VQSessionReport: CallTerm',
      'CallID: 6dg37f1890463',
      'LocalID: <sip:alice@example.org>',
      'RemoteID: <sip:bill@example.net>',
      'OrigID: <sip:alice@example.org>',
      'LocalAddr: IP=10.10.1.100 PORT=5000 SSRC=0x1a3b5c7d',
      'RemoteAddr: IP=11.1.1.150 PORT=5002 SSRC=0x00002468',
      'LocalMetrics:',
      'Timestamps: START=2004-10-10T18:23:43Z STOP=2004-10-10T18:26:02Z',
      'SessionDesc: PT=0 PD=PCMU SR=8000 FD=20 FPP=1 PPS=50 PLC=3 SSUP=off',
      'JitterBuffer: JBA=3 JBN=40',
      'PacketLoss: NLR=5.00 JDR=2.00',
      'BurstGapLoss: BLD=50.00 BD=120 GLD=1.00 GD=4000 GMIN=16',
      'Delay: RTD=200 ESD=110 IAJ=2',
      'QualityEst: RCQ=85 MOSLQ=4.2 MOSCQ=4.3',
      'DialogID: 6dg37f1890463;to-tag=8472761;from-tag=9123dh311',
      '',
    ]);
  });

  it('has what the peer told, and the tags as the caller has them, also for who was called', () => {
    const text = formatVoiceQuality({ ...report, isCaller: false, remoteMetrics: metrics });
    expect(text).toContain('OrigID: <sip:bill@example.net>\r\n');
    expect(text).toContain('RemoteMetrics:\r\nTimestamps: START=');
    expect(text).toContain('Delay: ESD=110\r\nQualityEst:\r\n'.trimEnd());
    expect(text).toContain(';to-tag=9123dh311;from-tag=8472761\r\n');
  });

  it('says of a call that goes on which figure is bad (RFC 6035 §4.6.1.1)', () => {
    const text = formatVoiceQuality({ ...report, alert: { type: 'NLR', severity: 'Critical' } });
    expect(text.startsWith('VQAlertReport: Type=NLR Severity=Critical Dir=local\r\nCallID: ')).toBe(true);
  });

  it('what a peer calls itself makes no line of its own', () => {
    const text = formatVoiceQuality({ ...report, remote: '<sip:x@y>\r\nQualityEst: MOSCQ=5.0', remoteTag: 'a\nb' });
    expect(text.split('\r\n').filter((line) => line.startsWith('QualityEst'))).toHaveLength(1);
    expect(text.split('\r\n')).toHaveLength(17);
  });
});
