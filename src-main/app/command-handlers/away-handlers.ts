// away.* : the answering machine, and who speaks to it.
import { refusal, type CommandHandlers, type CommandName } from '../../../src-shared/contract/index.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { changed } from './changed.ts';
import { answer, done } from './reply.ts';

type ChoiceHandlers = Pick<CommandHandlers, 'away.setRingThroughPin' | 'away.leaveToMachine'>;
type AwayHandlers = Pick<
  CommandHandlers,
  Exclude<Extract<CommandName, `away.${string}` | `host.${string}`>, keyof ChoiceHandlers>
>;

export function awayHandlers({
  away,
  calendar,
  remotePin,
  publisher,
  registrations,
  runtime,
}: PhoneParts): AwayHandlers {
  const toCaller = (isDone: boolean) =>
    Promise.resolve(isDone ? done : refusal('wrongState', 'The answering machine does not have this call.'));
  return {
    'away.set': (change) => {
      // Who switches it by hand and says no more means it until he switches it again.
      const hand = change.enabled === undefined ? {} : { enabledUntilMs: null };
      away.set(changed(away.settings, { ...hand, ...change }));
      return Promise.resolve(done);
    },
    'away.switchOn': ({ until }) => {
      away.switchOn(until);
      return Promise.resolve(done);
    },
    'away.switchOff': () => {
      away.switchOff();
      return Promise.resolve(done);
    },
    'away.explain': ({ from, accountId, atMs }) => {
      const [first] = registrations.accounts;
      const id = accountId ?? first?.id ?? '';
      if (!registrations.accounts.some((account) => account.id === id)) {
        return Promise.resolve(refusal('notFound', `There is no account ${id}.`));
      }
      const address = /^(sips?|tel):/i.test(from) ? from : `sip:${from}`;
      return Promise.resolve(answer(away.explain({ from: address, accountId: id, atMs: atMs ?? runtime.wallMs() })));
    },
    'away.readCalendar': async () => {
      await calendar.readNow();
      return done;
    },
    'host.setPresence': (presence) => {
      away.ways.setPresence(presence);
      return Promise.resolve(done);
    },
    'away.setPin': async ({ pin }) => {
      await remotePin.set(pin ?? '');
      publisher.touch('away');
      return done;
    },
    'away.pickUp': ({ callId }) => toCaller(away.pickUp(callId)),
    'away.playName': ({ callId }) => toCaller(away.playName(callId)),
    'away.listen': ({ callId, enabled }) => toCaller(away.listen(callId, enabled)),
    'away.reply': ({ callId, replyId }) => {
      if (away.hasReply(replyId)) return toCaller(away.reply(callId, replyId));
      return Promise.resolve(refusal('notFound', `There is no reply ${replyId}.`));
    },
  };
}

/** For those who choose by key. */
export function callerChoiceHandlers({ away, ringThroughPin, publisher }: PhoneParts): ChoiceHandlers {
  return {
    'away.setRingThroughPin': async ({ pin }) => {
      await ringThroughPin.set(pin ?? '');
      publisher.touch('away');
      return done;
    },
    'away.leaveToMachine': ({ callId }) =>
      Promise.resolve(away.leaveToMachine(callId) ? done : refusal('wrongState', 'This caller does not ring through.')),
  };
}
