// How loud the peer is at a phone of a scenario: by its own recording, whose right track is what was heard.
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario, ScenarioPhone } from './scenario-phone.ts';

const SPEECH = join(import.meta.dirname, '..', '..', 'assets/audio/speech.wav');
const HEADER_BYTES = 44;

/** Root mean square of what `phone` hears in its newest call, over two seconds. */
export async function heardLoudness(scenario: Scenario, phone: ScenarioPhone): Promise<number> {
  const { callId } = phone;
  const file = join(phone.folder, `heard-${scenario.runtime.nowMs()}.wav`);
  const started = await phone.do['call.startRecording']({ callId, file });
  if (!started.ok) throw new Error(started.failure.message);
  await scenario.advance(2000);
  await phone.do['call.stopRecording']({ callId });
  const bytes = readFileSync(file);
  let sum = 0;
  let count = 0;
  // Two channels of two bytes: the second is what was heard.
  for (let at = HEADER_BYTES + 2; at + 1 < bytes.length; at += 4) {
    sum += bytes.readInt16LE(at) ** 2;
    count++;
  }
  return count === 0 ? 0 : Math.sqrt(sum / count);
}

/** `phone` speaks in its call from now on. */
export async function speak(phone: ScenarioPhone, callId = phone.callId): Promise<void> {
  const file = join(phone.folder, 'speech.wav');
  copyFileSync(SPEECH, file);
  await phone.do['call.play']({ callId, file });
}
