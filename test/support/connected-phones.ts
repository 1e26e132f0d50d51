// The opening of a scenario: three phones that know each other by address, and a call between two of them.
import { Scenario, type ScenarioPhone } from './scenario-phone.ts';
import type { CallView } from '../../src-shared/contract/index.ts';

export const PHONE_NAMES = { '10.0.0.1': 'alice', '10.0.0.2': 'bob', '10.0.0.3': 'carol' };

export interface ThreePhones {
  readonly scenario: Scenario;
  readonly alice: ScenarioPhone;
  readonly bob: ScenarioPhone;
  readonly carol: ScenarioPhone;
}

/** What differs from a usual phone, by user. */
export type PhoneConfigs = Readonly<Partial<Record<'alice' | 'bob' | 'carol', Record<string, unknown>>>>;

export async function openThreePhones(configs: PhoneConfigs = {}, scenario = new Scenario()): Promise<ThreePhones> {
  const alice = await scenario.phone('alice', configs.alice);
  const bob = await scenario.phone('bob', configs.bob);
  const carol = await scenario.phone('carol', configs.carol);
  return { scenario, alice, bob, carol };
}

/** `from` calls `to`, who answers; the caller's call. */
export async function connectCall(scenario: Scenario, from: ScenarioPhone, to: ScenarioPhone): Promise<string> {
  const callId = await from.dial(to.address);
  await scenario.advance(300);
  await to.do['call.answer']({ callId: to.callId });
  await scenario.advance(500);
  return callId;
}

/** The calls that are not over. */
export const liveCalls = (phone: ScenarioPhone): CallView[] =>
  phone.view.calls.filter(({ state }) => state !== 'ended');
