import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';

let scenario: Scenario;
let phone: ScenarioPhone;

beforeEach(async () => {
  scenario = new Scenario();
  phone = await scenario.phone('nobody', { accounts: [], sip: {} });
  await scenario.advance(500);
});
afterEach(() => scenario.close());

const call = (number: string) => phone.dial(number);

describe('the test line of a fresh phone', () => {
  it('registers the phone without an account — RFC 3261 §10.3', () => {
    expect(phone.view.accounts).toMatchObject([{ id: 'testline', isTestLine: true, registration: 'registered' }]);
    expect(phone.view.testLine?.numbers.map(({ number }) => number)).toEqual(
      expect.arrayContaining([
        'echo',
        'milliwatt',
        'music',
        'busy',
        'decline',
        'redirect',
        'early-media',
        'slow-answer',
        'lossy',
        'call-me-back',
      ]),
    );
  });

  for (const number of ['echo', 'milliwatt', 'music']) {
    it(`answers ${number} and sends sound`, async () => {
      const callId = await call(number);
      await scenario.advance(2500);

      expect(phone.call).toMatchObject({ state: 'connected', media: { codec: 'opus' } });
      expect(phone.phone.getCall(callId)?.statistics?.receivedPackets).toBeGreaterThan(50);
    });
  }

  it('loses a tenth of the sound of lossy', async () => {
    const callId = await call('lossy');
    await scenario.advance(8500);
    const statistics = phone.phone.getCall(callId)?.statistics;

    expect(statistics?.lostPackets).toBeGreaterThan(15);
    expect(statistics?.lostPackets).toBeLessThan(70);
  });

  it('is busy, or declines', async () => {
    await call('busy');
    await scenario.advance(300);
    expect(phone.call).toMatchObject({ state: 'ended', end: { by: 'remote', statusCode: 486 } });

    await call('decline');
    await scenario.advance(300);
    expect(phone.call).toMatchObject({ state: 'ended', end: { statusCode: 603 } });
  });

  it('sends redirect on to music', async () => {
    await call('redirect');
    await scenario.advance(1000);

    expect(phone.call).toMatchObject({ state: 'connected' });
  });

  it('sends sound before the answer of early-media — RFC 3960 §3.1', async () => {
    await call('early-media');
    await scenario.advance(1000);
    expect(phone.call).toMatchObject({ state: 'early' });

    await scenario.advance(3000);
    expect(phone.call).toMatchObject({ state: 'connected' });
  });

  it('rings for five seconds at slow-answer, with our own ring-back — RFC 3960 §3.2', async () => {
    await call('slow-answer');
    await scenario.advance(4500);
    expect(phone.call).toMatchObject({ state: 'ringing' });

    await scenario.advance(1000);
    expect(phone.call).toMatchObject({ state: 'connected' });
  });

  it('hangs up on call-me-back and rings a moment later', async () => {
    await call('call-me-back');
    await scenario.advance(3000);

    const incoming = phone.view.calls.find(({ direction }) => direction === 'incoming');
    expect(incoming).toMatchObject({ state: 'ringing', remote: { displayName: 'Test line' } });
    await phone.do['call.answer']({ callId: String(incoming?.id) });
    await scenario.advance(1500);
    expect(phone.view.calls.find(({ direction }) => direction === 'incoming')).toMatchObject({ state: 'connected' });
  });

  it('does not know other numbers', async () => {
    await call('pizza');
    await scenario.advance(300);

    expect(phone.call).toMatchObject({ state: 'ended', end: { statusCode: 404 } });
  });

  it('makes place for a real account, and comes back when that is removed', async () => {
    const saving = phone.ask('account.save', { address: 'alice@10.0.0.9', register: false });
    await scenario.advance(5000);
    await saving;
    expect(phone.view.accounts).toMatchObject([{ id: 'alice@10.0.0.9', isTestLine: false }]);

    const removing = phone.do['account.remove']({ accountId: 'alice@10.0.0.9' });
    await scenario.advance(5000);
    await removing;
    expect(phone.view.accounts).toMatchObject([{ id: 'testline', isTestLine: true }]);
  });

  it('tests itself', async () => {
    const testing = phone.phone.runSelfTest();
    let checks: Awaited<typeof testing> | undefined;
    void testing.then((done) => (checks = done));
    await scenario.until(() => expect(checks).toBeDefined(), 30_000);

    expect(checks).toMatchObject([
      { name: 'audio', isOk: true },
      { name: 'echo', isOk: true },
      { name: 'milliwatt', isOk: true, figures: { frequencyHz: expect.closeTo(1004, 0) as number } },
    ]);
  });
});
