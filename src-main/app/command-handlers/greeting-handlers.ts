// greeting.* : what callers of the answering machine hear.
import {
  refusal,
  type CommandHandlers,
  type CommandName,
  type Greeting,
  type Reply,
} from '../../../src-shared/contract/index.ts';
import type { Result } from '../../base/result.ts';
import { toGreeting } from '../compose-greetings.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { answer, done, fromMedia } from './reply.ts';

type GreetingHandlers = Pick<CommandHandlers, Extract<CommandName, `greeting.${string}`>>;

const gone = refusal('notFound', 'There is no such greeting any more.');

export function greetingHandlers({ greetings, media }: PhoneParts): GreetingHandlers {
  const { store, recorder, upload } = greetings;
  type Added = Awaited<ReturnType<typeof store.import>>;
  const shown = (added: Added): Reply<Greeting> =>
    added.ok ? answer(toGreeting(store, added.value)) : refusal('badParams', added.error);
  const said = (outcome: Result<unknown, string>) => (outcome.ok ? done : refusal('mediaFailed', outcome.error));
  const when = (isDone: boolean) => Promise.resolve(isDone ? done : gone);
  return {
    'greeting.import': async ({ name, file }) => shown(await store.import(name, file)),
    'greeting.upload': async ({ uploadId, name, sound, isLast }) => {
      const taken = upload.take(uploadId, sound);
      if (!taken.ok) return refusal('badParams', taken.error);
      if (!isLast) return answer(null);
      return upload
        .finish(async (file) => shown(await store.import(name, file)))
        .catch(() => refusal('storageFailed', 'There is no room for this file.'));
    },
    'greeting.rename': ({ greetingId, name }) => when(store.rename(greetingId, name)),
    'greeting.delete': ({ greetingId }) => when(store.delete(greetingId)),
    'greeting.restore': ({ greetingId }) => when(store.restore(greetingId)),
    'greeting.trim': async ({ greetingId, fromMs, toMs }) => shown(await store.trim(greetingId, { fromMs, toMs })),
    'greeting.untrim': async ({ greetingId }) => shown(await store.untrim(greetingId)),
    'greeting.play': ({ greetingId, fromMs }) => {
      const greeting = store.get(greetingId);
      // The answer of the engine comes when it is over.
      if (greeting) void media.playFile(store.pathOf(greeting), { fromMs });
      return when(greeting !== undefined);
    },
    'greeting.stop': async () => {
      await media.stopFile();
      return done;
    },
    'greeting.measure': async ({ greetingId }) => {
      const greeting = store.get(greetingId);
      if (!greeting) return gone;
      const measured = await media.measureFile(store.pathOf(greeting));
      return measured.ok ? answer([...measured.value]) : fromMedia(measured);
    },
    'greeting.record': async () => {
      if (store.isFull) return refusal('busy', 'There are too many greetings already: delete one first.');
      return said(await recorder.start(store.newFile()));
    },
    'greeting.keepRecording': async ({ name }) => {
      const file = await recorder.end();
      if (file === undefined) return refusal('wrongState', 'No greeting is being recorded.');
      const kept = await store.adopt(name, file);
      // What could not be kept waits: for room on the disk, or to be thrown away.
      if (kept.ok) await recorder.drop();
      return shown(kept);
    },
    'greeting.dropRecording': async () => {
      await recorder.drop();
      return done;
    },
  };
}
