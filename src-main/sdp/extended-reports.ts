// Which extended reports of RTCP each side wants: `a=rtcp-xr`. RFC 3611 §5.1, §5.2.
import { attributeValues, type MediaDescription } from './session-description.ts';

/** What the peer wants to be told beside the usual reports. */
export interface NegotiatedReports {
  /** How we hear it. RFC 3611 §4.7 */
  readonly voipMetrics: boolean;
  /** References for a round trip, and answers to them. RFC 3611 §4.4, §4.5 */
  readonly roundTrip: boolean;
}

/** What we want, and can give. */
export const OWN_REPORTS = 'rtcp-xr:rcvr-rtt=all voip-metrics';

/** undefined when the peer says nothing of them. RFC 3611 §5.1: what is not understood is passed over. */
export function readReports(media: Pick<MediaDescription, 'attributes'>): NegotiatedReports | undefined {
  const values = attributeValues(media, 'rtcp-xr');
  if (values.length === 0 && !media.attributes.includes('rtcp-xr')) return undefined;
  const formats = values.flatMap((value) => value.trim().split(/[ \t]+/));
  return {
    voipMetrics: formats.includes('voip-metrics'),
    roundTrip: formats.some((format) => /^rcvr-rtt=(?:all|sender)(?::\d+)?$/.test(format)),
  };
}
