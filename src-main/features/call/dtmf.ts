// Sends keys into a call, by the way that was negotiated: as events, as sound or by INFO. RFC 4733, RFC 6086.
import { err, ok, type Result } from '../../base/result.ts';
import type { Call } from './call.ts';
import type { CallFailure } from './call-info.ts';
import { buildInfoDigit } from './info-digit.ts';

const INFO_DIGIT_MS = 160;
const PAUSE_MS = 500;

/** Resolves when the last digit was sent; `,` waits. */
export async function sendDigits(call: Call, digits: string): Promise<Result<undefined, CallFailure>> {
  const { session, media } = call;
  if (!session || !media || call.phase !== 'connected')
    return err({ code: 'wrongState', message: 'Keys can be sent once the call is connected.' });
  const way = call.info.dtmf;
  if (way !== 'info') {
    const sent = await call.engine.sendDigits(media.sessionId, digits.toUpperCase());
    return sent.ok ? ok(undefined) : err({ code: 'mediaFailed', message: sent.error.message });
  }
  for (const digit of digits.toUpperCase()) {
    if (digit === ',') {
      await pause(call, PAUSE_MS);
      continue;
    }
    const answered = await session.request('INFO', { body: buildInfoDigit(digit, INFO_DIGIT_MS) });
    if (!answered.ok) return err({ code: 'timeout', message: 'The other side did not answer.' });
    const { statusCode, reasonPhrase } = answered.value;
    if (statusCode >= 300)
      return err({ code: 'rejected', message: `The other side does not take keys: ${statusCode} ${reasonPhrase}` });
  }
  return ok(undefined);
}

function pause(call: Call, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    call.runtime.setTimer(delayMs, resolve);
  });
}
