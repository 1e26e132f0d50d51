// Delivery by an HTTP request: a form with what is known of the message as JSON, and its sound.
import { readFile } from 'node:fs/promises';
import type { DeliveredMessage } from './delivery-way.ts';
import { fileNameOf } from './delivery-text.ts';

const LIMIT_MS = 30_000;

/** Rejects unless the answer is of the class 2xx. */
export async function postMessage(message: DeliveredMessage, { url }: { readonly url: string }): Promise<void> {
  const { id, from, receivedAtMs, durationSec, wantsCallBack, file, sound, transcript = '' } = message;
  const form = new FormData();
  form.set('message', JSON.stringify({ id, from, receivedAtMs, durationSec, wantsCallBack, transcript }));
  if (!wantsCallBack) {
    const bytes = sound ?? (await readFile(file));
    form.set('sound', new Blob([bytes], { type: 'audio/wav' }), `${fileNameOf(message)}.wav`);
  }
  const answer = await fetch(url, {
    ...{ method: 'POST', body: form, redirect: 'error' },
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
}
