import { describe, expect, it } from 'vitest';
import { createAccount, plainAddress, type AccountSettings } from '../../../src-main/features/registration/index.ts';
import { accountSchema, checkWith } from '../../../src-shared/contract/index.ts';

function settings(input: object): AccountSettings {
  const checked = checkWith(accountSchema, input);
  if (!checked.ok) throw new Error(checked.message);
  return checked.value;
}

describe('an account', () => {
  it('needs no more than an address and a password', () => {
    const created = createAccount(settings({ address: 'alice@example.com', password: 's3cret' }));

    expect(created).toMatchObject({
      ok: true,
      value: {
        id: 'alice@example.com',
        identity: { contactUser: 'alice', credentials: { username: 'alice', password: 's3cret' } },
      },
    });
    expect(created.ok && created.value.registrar.toString()).toBe('sip:example.com');
  });

  it('logs in under another name than its address when told so', () => {
    const created = createAccount(settings({ address: 'sip:100@pbx.example', authUsername: 'x100', password: 'p' }));

    expect(created).toMatchObject({
      ok: true,
      value: { identity: { contactUser: '100', credentials: { username: 'x100' } } },
    });
  });

  it('goes by its proxies', () => {
    const created = createAccount(settings({ address: 'a@example.com', outboundProxies: ['proxy.example:5080;lr'] }));

    expect(created.ok && created.value.identity.outboundProxies.map(String)).toEqual(['sip:proxy.example:5080;lr']);
  });

  it('has a port for itself where it wants one, but not over a WebSocket — RFC 7118 §4', () => {
    const created = (more: object) => createAccount(settings({ address: 'alice@example.com', ...more }));

    expect(created({})).toMatchObject({ ok: true, value: { configured: {} } });
    expect(created({ listenPort: 5070 })).toMatchObject({
      ok: true,
      value: { configured: { listener: 'alice@example.com' } },
    });
    expect(created({ listenPort: 5070, transport: 'wss' })).toMatchObject({
      error: 'An account over a WebSocket listens nowhere: take listenPort out.',
    });
  });

  it('says which setting is wrong', () => {
    expect(createAccount(settings({ address: 'nobody' }))).toMatchObject({
      ok: false,
      error: expect.stringContaining('nobody') as string,
    });
    expect(createAccount(settings({ address: 'a@b', registrar: '<>' }))).toMatchObject({
      ok: false,
      error: expect.stringContaining('registrar') as string,
    });
    expect(createAccount(settings({ address: 'a@b', outboundProxies: ['sip:'] }))).toMatchObject({
      ok: false,
      error: expect.stringContaining('proxy') as string,
    });
  });

  it('shows its address without password and parameters', () => {
    const created = createAccount(settings({ address: 'sip:alice:pw@example.com;transport=tcp' }));

    expect(created.ok && plainAddress(created.value.address)).toBe('sip:alice@example.com');
  });
});
