// The calls that were parked from this window, so that they can be taken back. RFC 5359 §2.15.
import { nameOf } from '../lib/format.ts';
import type { CallView, CommandName, CommandParams, CommandValue, Reply } from '../../src-shared/contract/index.ts';

/** The phone as far as it is needed here. */
interface ParkingPhone {
  run<Name extends CommandName>(name: Name, params?: CommandParams<Name>): Promise<Reply<CommandValue<Name>>>;
  say(toast: { readonly text: string; readonly isFailure: boolean; readonly undo?: () => void }): void;
}

export interface ParkedCall {
  /** Of whoever waits there. */
  readonly name: string;
  /** Where they wait, as it was typed. */
  readonly target: string;
  readonly accountId: string;
}

/** Who parks more has forgotten the first ones. */
const MAX_PARKED = 8;

export class ParkedCalls {
  list = $state.raw<readonly ParkedCall[]>([]);
  readonly #phone: ParkingPhone;

  constructor(phone: ParkingPhone) {
    this.#phone = phone;
  }

  async park(call: CallView, target: string): Promise<void> {
    const reply = await this.#phone.run('call.park', { callId: call.id, target });
    if (!reply.ok) return;
    const { statusCode } = reply.value;
    if (statusCode >= 300) {
      this.#phone.say({ text: `The call could not be parked (${statusCode})`, isFailure: true });
      return;
    }
    const parked = { name: nameOf(call.remote), target: target.trim(), accountId: call.accountId };
    this.list = [...this.list, parked].slice(-MAX_PARKED);
    this.#phone.say({
      text: `${parked.name} is parked at ${parked.target}`,
      isFailure: false,
      undo: () => void this.takeBack(parked),
    });
  }

  async takeBack(parked: ParkedCall): Promise<void> {
    const { target, accountId } = parked;
    const reply = await this.#phone.run('call.retrieve', { target, accountId });
    if (reply.ok) this.forget(parked);
  }

  forget(parked: ParkedCall): void {
    this.list = this.list.filter((one) => one !== parked);
  }
}
