// Opens the whole window over a fake phone.
import { render, screen, waitFor } from '@testing-library/svelte';
import { vi } from 'vitest';
import App from '../../src-renderer/App.svelte';
import { PhoneState } from '../../src-renderer/state/phone.svelte.ts';
import type { PhoneSlices } from '../../src-shared/contract/index.ts';
import { FakePhoneClient } from '../support/fake-phone-client.ts';

/** jsdom has no media queries: this window is narrow, or wide when asked. */
export function setWidth(isWide: boolean): void {
  vi.stubGlobal('matchMedia', () => ({
    matches: isWide,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
}

export async function openWindow(slices: Partial<PhoneSlices> = {}, isWide = false) {
  setWidth(isWide);
  const client = new FakePhoneClient(slices);
  const phone = new PhoneState(client);
  render(App, { phone });
  client.connect();
  await waitFor(() => screen.getByRole('navigation'));
  return { client, phone };
}

/** Presses a button by its name, as soon as it can be pressed. */
export async function press(name: string | RegExp): Promise<void> {
  const button = await waitFor(() => {
    const found = screen.getByRole<HTMLButtonElement>('button', { name });
    if (found.disabled) throw new Error(`${String(name)} is disabled`);
    return found;
  });
  button.click();
}
