// What becomes of a message's recording when it is over: kept, thrown away, or rescued. The user is told of what was lost.
import type { RecordingSummary } from '../../media/index.ts';
import type { AwayOptions } from './away-options.ts';
import type { AwaySettings } from './away-settings.ts';

export interface RecordedMessage {
  readonly id: string;
  /** undefined when the sound could not be recorded. */
  readonly recording: RecordingSummary | undefined;
  /** As people call him. */
  readonly caller: string;
}

/** Says whether it was kept. A message in which nobody spoke, or a fax did, is as short as one without sound. */
export async function keepRecording(
  { messages, tell, onKept }: Pick<AwayOptions, 'messages' | 'tell' | 'onKept'>,
  settings: Pick<AwaySettings, 'minMessageSec'>,
  { id, recording, caller }: RecordedMessage,
): Promise<boolean> {
  const minimumSec = Math.max(settings.minMessageSec, Number.MIN_VALUE);
  // The media process died or the disk is full: the file knows how much was saved.
  if (recording === undefined || recording.end === 'writeFailed') {
    const isKept = await messages.rescue(id, minimumSec);
    if (isKept) onKept(id);
    const what = isKept ? 'Only the beginning of a message' : 'No message';
    tell(`${what} from ${caller} could be saved: the recording broke off. The disk may be full.`);
    return isKept;
  }
  const hasVoice = recording.activeMs > 0 && recording.end !== 'callingTone';
  const isKept = messages.finish(id, hasVoice ? recording.durationMs / 1000 : 0, minimumSec);
  if (isKept) onKept(id);
  return isKept;
}
