// What a greeting rule says, in a sentence. Pure.
import type { AccountView, Greeting, GreetingRule } from '../../src-shared/contract/index.ts';

/** `3 callers, at Work, at some hours: hear “Family”` */
export function ruleSentence(
  { from, accountIds, hours, greetingFile }: GreetingRule,
  greetings: readonly Greeting[],
  accounts: readonly AccountView[],
): string {
  const [only] = from;
  const who = only === undefined ? 'Everybody' : from.length === 1 ? only : `${from.length} callers`;
  const account = accounts.find(({ id }) => id === accountIds[0]);
  const at =
    accountIds.length === 0
      ? ''
      : ` at ${account ? account.displayName || account.address : 'an account that is gone'}`;
  const when = hours.length === 0 ? '' : ' at some hours';
  const greeting = greetings.find(({ file }) => file === greetingFile);
  return `${who}${at}${when}: ${greeting ? `“${greeting.name}”` : 'a greeting that is gone'}`;
}
