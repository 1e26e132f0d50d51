// phone.*, settings.*, diagnostics.* : the phone itself.
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { refusal, type CommandHandlers, type CommandName } from '../../../src-shared/contract/index.ts';
import type { PhoneParts } from '../phone-parts.ts';
import type { TraceEntry } from '../sip-trace.ts';
import { answer, done } from './reply.ts';

type PhoneHandlers = Pick<
  CommandHandlers,
  | Exclude<Extract<CommandName, `phone.${string}`>, 'phone.changed'>
  | Extract<CommandName, `settings.${string}` | `diagnostics.${string}`>
>;

/** Sections of the settings file that settings.get and settings.set may touch; accounts have commands of their own. */
const FREE_SECTION = /^ui(\.[\w-]{1,64})?$/;

export function phoneHandlers(parts: PhoneParts): PhoneHandlers {
  const { publisher, preferences, notices, settings, trace, folder } = parts;
  return {
    'phone.getView': () => Promise.resolve(answer(publisher.get())),
    'phone.setDoNotDisturb': ({ enabled }) => {
      preferences.isDoNotDisturb = enabled;
      settings.write('isDoNotDisturb', enabled);
      publisher.touch('isDoNotDisturb');
      parts.away.ways.refresh();
      return Promise.resolve(done);
    },
    'phone.dismissNotice': ({ noticeId }) => {
      notices.dismiss(noticeId);
      return Promise.resolve(done);
    },
    'phone.networkChanged': () => {
      parts.networkWatch.onHint();
      return Promise.resolve(done);
    },
    'settings.get': ({ path }) => {
      if (path === 'away') return Promise.resolve(answer(parts.away.settings));
      if (!FREE_SECTION.test(path)) return Promise.resolve(refusal('notFound', `There is no setting "${path}".`));
      return Promise.resolve(answer(settings.read(path)));
    },
    'settings.set': ({ path, value }) => {
      if (!FREE_SECTION.test(path)) return Promise.resolve(refusal('notFound', `There is no setting "${path}".`));
      settings.write(path, value);
      return Promise.resolve(answer(value));
    },
    'diagnostics.getTrace': ({ callId }) => Promise.resolve(answer([...entriesOf(parts, callId)])),
    'diagnostics.export': ({ callId }) => {
      const file = join(
        folder.root,
        `trace-${new Date(parts.runtime.wallMs()).toISOString().replaceAll(':', '-')}.txt`,
      );
      writeFileSync(file, entriesOf(parts, callId).map(toText).join('\n'));
      return Promise.resolve(answer({ file }));
    },
  };

  function entriesOf({ calls }: PhoneParts, callId: string | undefined): readonly TraceEntry[] {
    const sipCallId = callId === undefined ? undefined : calls.sipCallIdOf(callId);
    return trace.list().filter(({ text }) => sipCallId === undefined || text.includes(sipCallId));
  }
}

function toText({ atMs, direction, protocol, remote, text }: TraceEntry): string {
  return `--- ${new Date(atMs).toISOString()} ${direction} ${protocol} ${remote}\n${text}\n`;
}
