// The mirror of the phone's view: revisions, gaps, refusals.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PhoneState } from '../../src-renderer/state/phone.svelte.ts';
import { buildCall, FakePhoneClient, buildQuality } from '../support/fake-phone-client.ts';

async function connected() {
  const client = new FakePhoneClient();
  const phone = new PhoneState(client);
  client.connect();
  await vi.waitFor(() => expect(phone.view).toBeDefined());
  return { client, phone };
}

describe('the mirror of the view', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('takes changed slices as they come', async () => {
    const { client, phone } = await connected();

    client.change({ isDoNotDisturb: true });

    expect(phone.view).toMatchObject({ revision: 2, isDoNotDisturb: true });
    expect(client.count('phone.getView')).toBe(1);
  });

  it('asks for a new view when a revision is missing', async () => {
    const { client, phone } = await connected();

    client.view = { ...client.view, revision: 5, isDoNotDisturb: true };
    client.emit({ event: 'phone.changed', revision: 5, changed: {} });

    await vi.waitFor(() => expect(phone.view?.revision).toBe(5));
    expect(phone.view?.isDoNotDisturb).toBe(true);
    expect(client.count('phone.getView')).toBe(2);
  });

  it('takes the view of a restarted phone, also when it has the same revision', async () => {
    const { client, phone } = await connected();

    client.connect(false);
    expect(phone.isConnected).toBe(false);
    client.view = { ...client.view, calls: [buildCall()] };
    client.connect();

    await vi.waitFor(() => expect(phone.view?.calls).toHaveLength(1));
    expect(phone.isConnected).toBe(true);
  });

  it('shows a refusal and takes it away again', async () => {
    const { client, phone } = await connected();
    vi.useFakeTimers();
    client.answer('call.dial', { ok: false, failure: { code: 'badTarget', message: 'That is no number.' } });

    const reply = await phone.run('call.dial', { target: '?' });

    expect(reply.ok).toBe(false);
    expect(phone.toast).toMatchObject({ text: 'That is no number.', isFailure: true });
    vi.advanceTimersByTime(10_000);
    expect(phone.toast).toBeUndefined();
  });

  it('leaves a refusal to callers that show it themselves', async () => {
    const { client, phone } = await connected();
    client.answer('account.save', { ok: false, failure: { code: 'badParams', message: 'no' } });

    await phone.ask('account.save', { address: 'x' });

    expect(phone.toast).toBeUndefined();
  });

  it('keeps quality and levels by call', async () => {
    const { client, phone } = await connected();

    client.emit({ event: 'media.levelsSampled', callId: 'call-1', sentDbov: -20, receivedDbov: -30 });
    const quality = buildQuality({ mos: 4.2 });
    client.emit({ event: 'call.qualitySampled', callId: 'call-1', quality });

    expect(phone.levels.get('call-1')?.receivedDbov).toBe(-30);
    expect(phone.quality.get('call-1')).toEqual(quality);
  });
});
