// The question about a server that cannot prove who it is.
import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { CertificateQuestion } from '../../src-shared/contract/index.ts';
import { buildCall } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

const question: CertificateQuestion = {
  id: 'q1',
  host: 'pbx.example:5061',
  fingerprint: 'AA:BB:CC',
  subject: 'CN=pbx.example',
  issuer: 'CN=Company',
  validUntilMs: Date.UTC(2027, 0, 1),
  reason: 'unknownIssuer',
};

describe('a certificate that is not believed', () => {
  it('asks with the fingerprint, in plain words, and stands before everything else', async () => {
    await openWindow({ certificateQuestions: [question] });

    const dialog = await screen.findByRole('alertdialog', { name: 'Is this really pbx.example:5061?' });
    expect(dialog).toHaveTextContent('AA:BB:CC');
    expect(dialog).toHaveTextContent('CN=Company');
    expect(dialog).toHaveTextContent('Nobody that this computer trusts vouches for its certificate');
    expect(dialog).toHaveFocus();
    expect(document.querySelector<HTMLElement>('.window')?.inert).toBe(true);
  });

  it.each([
    ['Trust this certificate', 'certificate.trust'],
    ['Do not connect', 'certificate.refuse'],
  ] as const)('“%s” tells the phone', async (button, name) => {
    const { client } = await openWindow({ certificateQuestions: [question] });
    await press(button);

    await waitFor(() => expect(client.given.at(-1)).toEqual({ name, params: { id: 'q1' } }));
  });

  it('does not trust by the Escape key', async () => {
    const { client } = await openWindow({ certificateQuestions: [question] });
    await fireEvent.keyDown(await screen.findByRole('alertdialog'), { key: 'Escape' });

    expect(client.count('certificate.trust')).toBe(0);
    expect(client.count('certificate.refuse')).toBe(1);
  });

  it('shows what was trusted before when it changed', async () => {
    await openWindow({ certificateQuestions: [{ ...question, reason: 'changed', pinnedFingerprint: '11:22:33' }] });

    expect(await screen.findByText('11:22:33')).toBeVisible();
    expect(screen.getByText(/another certificate than the one you trusted before/)).toBeVisible();
  });

  it('waits while somebody calls', async () => {
    const call = buildCall({ direction: 'incoming', state: 'ringing' });
    const { client } = await openWindow({ certificateQuestions: [question], calls: [call] });
    await screen.findByRole('alertdialog', { name: /Incoming call/ });
    expect(screen.queryByText('AA:BB:CC')).toBeNull();
    client.change({ calls: [] });

    expect(await screen.findByText('AA:BB:CC')).toBeVisible();
  });
});
