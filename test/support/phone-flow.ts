// The opening of a call flow: three phones, what they say to each other, and a call between two of them.
import { onTestFinished } from 'vitest';
import { connectCall, openThreePhones, PHONE_NAMES, type PhoneConfigs, type ThreePhones } from './connected-phones.ts';
import { FlowRecord } from './flow-record.ts';
import { Scenario, type ScenarioPhone } from './scenario-phone.ts';

export interface PhoneFlow extends ThreePhones {
  readonly flow: FlowRecord;
  /** `from` calls `to`, who answers; what was said until then is forgotten. The caller's call. */
  readonly connect: (from: ScenarioPhone, to: ScenarioPhone) => Promise<string>;
}

/** For one test, which closes the phones when it is over. */
export async function openFlow(configs: PhoneConfigs = {}): Promise<PhoneFlow> {
  const scenario = new Scenario();
  onTestFinished(() => scenario.close());
  const flow = new FlowRecord(scenario.network, PHONE_NAMES);
  const phones = await openThreePhones(configs, scenario);
  const connect = async (from: ScenarioPhone, to: ScenarioPhone): Promise<string> => {
    const callId = await connectCall(scenario, from, to);
    flow.clear();
    return callId;
  };
  return { ...phones, flow, connect };
}
