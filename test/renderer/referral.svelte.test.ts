// Click to dial in the window: somebody asks this phone to call, and only the user says yes. RFC 5359 §2.18.
import '@testing-library/jest-dom/vitest';
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { openWindow, press } from './open-window.ts';

const referral = {
  id: 'referral-1',
  accountId: 'alice',
  target: 'sip:<b>carol</b>@example.com',
  referredBy: 'sip:desk@example.com',
  isAsserted: true,
};

describe('a call that somebody asks this phone to place — RFC 5359 §2.18', () => {
  it.each([
    ['Call there', 'call.acceptReferral'],
    ['No', 'call.declineReferral'],
  ] as const)('is a question: "%s"', async (answer, name) => {
    const { client } = await openWindow({ referrals: [referral] });

    const question = screen.getByRole('alertdialog', { name: 'Call?' });
    expect(question).toHaveTextContent('desk@example.com asks this phone to call <b>carol</b>@example.com.');
    await press(answer);

    await waitFor(() => expect(client.given.at(-1)).toEqual({ name, params: { referralId: 'referral-1' } }));
  });

  it('says when nobody vouches for the name of who asks', async () => {
    await openWindow({ referrals: [{ ...referral, isAsserted: false }] });

    expect(screen.getByRole('alertdialog')).toHaveTextContent('Somebody who says to be desk@example.com asks');
  });

  it('is one question for each, and each is answered for itself', async () => {
    const other = { ...referral, id: 'referral-2', target: 'sip:dave@example.com' };
    const { client } = await openWindow({ referrals: [referral, other] });

    const [, second] = screen.getAllByRole('alertdialog', { name: 'Call?' });
    within(second!).getByRole('button', { name: 'No' }).click();

    await waitFor(() => expect(client.given.at(-1)?.params).toEqual({ referralId: 'referral-2' }));
  });
});
