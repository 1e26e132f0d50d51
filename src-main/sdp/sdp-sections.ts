// The lines of a description, bounded, and parted into what the library shall read and what is kept as it is. RFC 8866 §5, §9.
import { type Result, err, ok } from '../base/result.ts';
import type { SdpFailure } from './session-description.ts';

export const MAX_SDP_BYTES = 32_768;
export const MAX_SDP_LINES = 1_024;
export const MAX_SDP_LINE_LENGTH = 2_048;
export const MAX_MEDIA_LINES = 32;

export interface SdpSections {
  /** Lines for the library. */
  readonly known: string;
  /** The other attributes of the session, and of each media line, as written after `a=`. */
  readonly sessionAttributes: readonly string[];
  readonly mediaAttributes: readonly (readonly string[])[];
}

/** Attributes that have a field of their own. WHY: the library's patterns for others are none that a stranger should feed. */
const KNOWN_ATTRIBUTE =
  /^(?:rtpmap:\d{1,3} |fmtp:\d{1,3} |ptime:\d+(?:\.\d+)?[ \t]*$|maxptime:\d+(?:\.\d+)?[ \t]*$|rtcp:\d|rtcp-mux$|sendrecv$|sendonly$|recvonly$|inactive$)/;

/** Fails when there is more than the limits allow. */
export function splitSections(input: string | Uint8Array): Result<SdpSections, SdpFailure> {
  if (input.length > MAX_SDP_BYTES) return err({ kind: 'tooLarge', message: 'the description is too large' });
  const text = typeof input === 'string' ? input : Buffer.from(input).toString('utf8');
  // INTEROP: CR LF is the rule, LF alone and CR alone are met.
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.length > MAX_SDP_LINES || lines.some((line) => line.length > MAX_SDP_LINE_LENGTH)) {
    return err({ kind: 'tooLarge', message: 'there are too many lines or one is too long' });
  }
  const known: string[] = [];
  const sessionAttributes: string[] = [];
  const mediaAttributes: string[][] = [];
  for (const line of lines) {
    if (line.startsWith('a=') && !KNOWN_ATTRIBUTE.test(line.slice(2).trimEnd())) {
      (mediaAttributes.at(-1) ?? sessionAttributes).push(line.slice(2));
    } else {
      known.push(normalizeLine(line));
      if (line.startsWith('m=')) mediaAttributes.push([]);
    }
  }
  if (mediaAttributes.length > MAX_MEDIA_LINES) return err({ kind: 'tooLarge', message: 'there are too many streams' });
  return ok({ known: known.join('\r\n'), sessionAttributes, mediaAttributes });
}

/** The spelling that the library reads: single spaces, and no count of ports (RFC 8866 §5.14). */
function normalizeLine(line: string): string {
  const trimmed = line.trimEnd();
  if (!trimmed.startsWith('m=')) return trimmed;
  return trimmed.replace(/[ \t]+/g, ' ').replace(/^(m=\S+ \d+)\/\d+/, '$1');
}
