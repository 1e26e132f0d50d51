// Greetings in the window: sound files of the kinds that people have, brought in, cut and made whole again.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PhoneView } from '../../src-shared/contract/index.ts';
import { exportSoundHere } from '../../src-main/media/index.ts';
import { ROOT, temporaryFolder } from '../support/daemon.ts';
import { useSession } from './pages/browser-session.ts';

const SPOKEN = join(ROOT, 'assets', 'audio', 'greeting.wav');

describe('greetings', () => {
  const session = useSession();

  it.each(['wav', 'mp3', 'ogg'] as const)('are brought in from %s files', async (format) => {
    const { window, phone } = session();
    const file = join(temporaryFolder('greeting'), `Spoken ${format}.${format}`);
    expect(await exportSoundHere(SPOKEN, file, format)).toMatchObject({ ok: true });

    await window.show('Settings');
    await window.page.getByLabel('A greeting to bring in').setInputFiles(file);
    await window.see(`Spoken ${format} was brought in`);
    const { greetings } = (await phone.command('phone.getView', {})) as PhoneView;
    const kept = greetings.list.find(({ name }) => name === `Spoken ${format}`);
    expect(kept?.durationSec).toBeGreaterThan(5.5);
    expect(kept?.durationSec).toBeLessThan(5.9);
  });

  it('are cut at their ends, and whole again', async () => {
    const { window } = session();
    const row = window.page
      .getByRole('list', { name: 'Your greetings' })
      .getByRole('listitem')
      .filter({ hasText: 'Spoken wav' });
    await row.getByRole('button', { name: /^Cut the greeting/ }).click();
    await row.getByLabel(/^Begin/).fill('2000');
    await row.getByRole('button', { name: 'Cut', exact: true }).click();
    await row.getByText('0:04').waitFor();
    await row.getByRole('button', { name: /^Cut the greeting/ }).click();
    await row.getByRole('button', { name: 'Whole again' }).click();
    await row.getByText('0:06').waitFor();
  });

  it('are refused when they are no sound', async () => {
    const { window } = session();
    await window.page.getByLabel('A greeting to bring in').setInputFiles(join(ROOT, 'package.json'));
    await window.see('package.json cannot be read as sound');
  });
});
