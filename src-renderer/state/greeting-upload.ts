// Brings a sound file of the user into the phone, part by part.
import type { Greeting } from '../../src-shared/contract/index.ts';
import { decodeSound } from '../sound/decode-sound.ts';
import type { PhoneState } from './phone.svelte.ts';

/** In base64 a third more, and less than one command may carry. */
const PART_BYTES = 390_000;
/** Five minutes of the best: what is larger is no greeting. */
const MAX_FILE_BYTES = 100_000_000;

/** undefined when it failed, which the user was told. */
export async function uploadGreeting(
  phone: PhoneState,
  file: File,
  decode: (file: Blob) => Promise<Uint8Array> = decodeSound,
): Promise<Greeting | undefined> {
  const wav = file.size > MAX_FILE_BYTES ? undefined : await decode(file).catch(() => undefined);
  if (!wav) {
    phone.say({ text: `${file.name} cannot be read as sound`, isFailure: true });
    return undefined;
  }
  const uploadId = crypto.randomUUID();
  const name = file.name.replace(/\.[^.]+$/, '').slice(0, 100) || 'Greeting';
  for (let at = 0; ; at += PART_BYTES) {
    const isLast = at + PART_BYTES >= wav.length;
    const sound = toBase64(wav.subarray(at, at + PART_BYTES));
    const reply = await phone.run('greeting.upload', { uploadId, name, sound, isLast });
    if (!reply.ok || isLast) return reply.ok ? (reply.value ?? undefined) : undefined;
  }
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode.apply(null, [...bytes.subarray(at, at + 8192)]);
  return btoa(text);
}
