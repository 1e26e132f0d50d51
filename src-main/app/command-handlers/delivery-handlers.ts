// delivery.* : where messages are sent on to.
import { refusal, type CommandHandlers, type CommandName } from '../../../src-shared/contract/index.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { changed } from './changed.ts';
import { done } from './reply.ts';

type DeliveryHandlers = Pick<CommandHandlers, Extract<CommandName, `delivery.${string}`>>;

export function deliveryHandlers({ deliveryDesk, assets, runtime }: PhoneParts): DeliveryHandlers {
  const { delivery, mailPassword, change } = deliveryDesk;
  return {
    'delivery.set': async ({ mailPassword: password, ...given }) => {
      if (password !== undefined) await mailPassword.set(password);
      change(changed(delivery.settings, given));
      return done;
    },
    'delivery.test': async ({ way }) => {
      if (delivery.settings[way] === null) return refusal('wrongState', 'This way is not set up.');
      const from = { displayName: 'Nightjar', address: '' };
      const sound = { durationSec: 1, wantsCallBack: false, file: assets.greetingFile };
      const sample = { id: 'test', from, receivedAtMs: runtime.wallMs(), ...sound };
      try {
        await delivery.test(way, sample);
        return done;
      } catch (error) {
        return refusal('rejected', error instanceof Error ? error.message : String(error));
      }
    },
  };
}
