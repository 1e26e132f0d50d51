// Puts the user's greetings together: where they are, and the microphone that they are spoken into.
import { GreetingRecorder, GreetingStore } from '../features/away/index.ts';
import { GreetingRepository } from '../storage/index.ts';
import { GreetingUpload } from './greeting-upload.ts';
import type { PhonePorts } from './phone-ports.ts';
import type { QuietTime } from './quiet-time.ts';
import type { ViewPublisher } from './view-publisher.ts';

export interface GreetingDesk {
  readonly store: GreetingStore;
  readonly recorder: GreetingRecorder;
  readonly upload: GreetingUpload;
  close(): void;
}

const TIDY_AFTER_MS = 10_000;

export function composeGreetings(ports: PhonePorts, publisher: ViewPublisher, quietTime: QuietTime): GreetingDesk {
  const { runtime, media, database, folder, config } = ports;
  const onChanged = (): void => publisher.touch('greetings');
  const store = new GreetingStore({
    ...{ runtime, onChanged, folder: folder.greetingsFolder },
    repository: new GreetingRepository(database),
  });
  const recorder = new GreetingRecorder({ media, onChanged, portRange: config.media.portRange });
  const tidying = quietTime.after(TIDY_AFTER_MS, () => store.tidy());
  return { store, recorder, upload: new GreetingUpload(runtime), close: () => tidying.cancel() };
}

/** As the contract shows it. */
export const toGreeting = (store: GreetingStore, greeting: ReturnType<GreetingStore['list']>[number]) => {
  const { id, name, durationSec, madeAtMs } = greeting;
  return { id, name, durationSec, madeAtMs, file: store.pathOf(greeting), isCut: store.isCut(greeting) };
};
