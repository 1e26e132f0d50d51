// What the tray says of the phone. Pure.
import type { PhoneView } from '../../src-shared/contract/index.ts';

/** `Nightjar: 2 new messages, away` */
export function trayText({ unheardCount, isOn }: Pick<PhoneView['away'], 'unheardCount' | 'isOn'>): string {
  const messages = unheardCount === 1 ? 'one new message' : `${unheardCount} new messages`;
  const facts = [...(unheardCount > 0 ? [messages] : []), ...(isOn ? ['away'] : [])];
  return facts.length === 0 ? 'Nightjar' : `Nightjar: ${facts.join(', ')}`;
}
