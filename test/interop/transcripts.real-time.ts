// Words that are written down while the caller speaks take nothing from the sound of the call.
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { awayPhone, callerOf, speechAfter, UNTIL_MESSAGE_SEC } from '../support/away-phone.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { requireProgram, requireThat } from '../support/requirements.ts';

/** Debian's package pocketsphinx-en-us. */
const MODEL = '/usr/share/pocketsphinx/model/en-us';
/** Without an engine a quiet machine makes up one frame at most. */
const MAX_CONCEALED_MS = 60;

it('a message that is written down while it is spoken loses no frame by it', async (context) => {
  requireProgram(context, 'baresip', 'sox', 'pocketsphinx_continuous');
  requireThat(context, existsSync(MODEL), 'not installed here: pocketsphinx-en-us');
  const phone = await awayPhone({ endOnSilenceSec: 3 }, temporaryFolder('data'), {
    transcripts: { modelFolder: MODEL },
    encryption: { messages: true },
  });
  const caller = callerOf(phone, { mic: await speechAfter(UNTIL_MESSAGE_SEC + 0.3, 6.49, 20) });
  await caller.event('CALL_ESTABLISHED');
  await phone.until('words of the caller', () => phone.view?.away.callers[0]?.words || undefined, 25_000);
  await caller.event('CALL_CLOSED', 25_000);
  await caller.quit();
  const [quality] = [...phone.qualities.values()];
  expect(quality).toMatchObject({ lossPercent: 0, latePercent: 0 });
  expect(quality?.concealedMs).toBeLessThanOrEqual(MAX_CONCEALED_MS);
  await phone.terminate();
});
