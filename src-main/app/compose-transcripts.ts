// Puts together what writes messages down: the settings, the speech process.
import { checkWith, transcriptSettingsSchema } from '../../src-shared/contract/index.ts';
import type { Result } from '../base/result.ts';
import { Transcripts, type MessageStore, type TranscriptSettings } from '../features/away/index.ts';
import type { PhonePorts } from './phone-ports.ts';
import type { ViewPublisher } from './view-publisher.ts';

const SETTINGS = 'transcripts';

export interface TranscriptPieces {
  readonly ports: PhonePorts;
  readonly publisher: ViewPublisher;
  readonly messages: MessageStore;
}

export interface TranscriptDesk {
  readonly transcripts: Transcripts;
  /** Sets and keeps; refused with a sentence when the folder has no model. */
  readonly change: (settings: TranscriptSettings) => Result<void, string>;
}

export function composeTranscripts({ ports, publisher, messages }: TranscriptPieces): TranscriptDesk {
  const { runtime, settings, config, openSpeechPort, soundKeys } = ports;
  const saved = settings.read(SETTINGS);
  const checked = checkWith(transcriptSettingsSchema, saved);
  const transcripts = new Transcripts({
    ...{ messages, runtime, openPort: openSpeechPort, soundKeys: () => soundKeys.keys },
    settings: saved !== undefined && checked.ok ? checked.value : config.transcripts,
    onChanged: () => publisher.touch('transcripts'),
    onHeard: () => publisher.touch('away'),
  });
  const change = (changed: TranscriptSettings): Result<void, string> => {
    const set = transcripts.set(changed);
    if (set.ok) settings.write(SETTINGS, changed);
    return set;
  };
  return { transcripts, change };
}
