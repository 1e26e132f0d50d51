// Encryption in the window: what an account asks for, and what a call has. RFC 3711, RFC 4568 §7, RFC 5763.
import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { ENCRYPTION_CHOICES, encryptionNote, encryptionText } from '../../src-renderer/state/encryption.ts';
import { buildAccount, buildCall } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const { media } = buildCall();

describe('what the encryption of a call means — RFC 4568 §7', () => {
  it.each([
    [{}, 'none', 'Not encrypted'],
    [{ srtp: SUITE, areSrtpKeysProtected: false }, 'weak', 'Encrypted, keys in the open'],
    [{ srtp: SUITE }, 'weak', 'Encrypted, keys in the open'],
    [{ srtp: SUITE, areSrtpKeysProtected: true }, 'strong', 'Encrypted'],
  ])('is said of %j as %s', (given, strength, word) => {
    expect(encryptionText({ ...media, ...given })).toMatchObject({ strength, word });
  });

  it('is not said before a codec is agreed on', () => {
    expect(encryptionText({ ...media, codec: null })).toBeUndefined();
  });
});

describe('what the choice of an account means', () => {
  it('has words for every choice', () => {
    expect(ENCRYPTION_CHOICES.map(({ value }) => value)).toEqual(['off', 'optional', 'required', 'dtls']);
    for (const { value, note } of ENCRYPTION_CHOICES) expect(encryptionNote(value, 'tls')).toBe(note);
  });

  it.each([
    ['optional', 'udp', true],
    ['required', 'ws', true],
    ['required', 'tls', false],
    ['optional', 'wss', false],
    ['dtls', 'udp', false],
    ['off', 'udp', false],
  ] as const)('for %s over %s warns of keys in the open: %s', (chosen, transport, warns) => {
    expect(encryptionNote(chosen, transport).includes('in the open')).toBe(warns);
  });
});

describe('the lock of a call', () => {
  it('says that a call is not encrypted, and what that means when it is pressed', async () => {
    await openWindow({ calls: [buildCall()] });
    expect(screen.queryByRole('note')).toBeNull();

    await press('Not encrypted');

    expect(await screen.findByRole('note')).toHaveTextContent('can listen');
    expect(screen.getByRole('button', { name: 'Not encrypted' })).toHaveAttribute('aria-expanded', 'true');
  });

  it('closes when keys come that were protected on the way', async () => {
    const { client } = await openWindow({ calls: [buildCall()] });

    client.change({ calls: [buildCall({ media: { ...media, srtp: SUITE, areSrtpKeysProtected: true } })] });

    await screen.findByRole('button', { name: 'Encrypted' });
  });
});

describe('the encryption of an account', () => {
  it('is chosen with a note of what it means, and saved', async () => {
    const { client } = await openWindow({ accounts: [buildAccount()] });
    await press('Settings');
    await press('Change Alice');
    const choice = await screen.findByLabelText('Encryption of calls');
    expect(choice).toHaveAccessibleDescription(/can listen to your calls/);

    await fireEvent.change(choice, { target: { value: 'required' } });
    await waitFor(() => expect(choice).toHaveAccessibleDescription(/Over UDP the keys travel in the open/));
    await fireEvent.change(screen.getByLabelText('Transport'), { target: { value: 'tls' } });
    await waitFor(() => expect(choice).not.toHaveAccessibleDescription(/in the open/));
    await press('Save');

    await waitFor(() => expect(client.count('account.save')).toBe(1));
    expect(client.given.find(({ name }) => name === 'account.save')?.params).toMatchObject({
      ...{ srtp: 'required', transport: 'tls' },
    });
  });
});
