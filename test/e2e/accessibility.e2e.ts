// What only a real browser can show: twice the size, less motion, names in the accessibility tree.
import { afterAll, describe, expect, it } from 'vitest';
import { useSession } from './pages/browser-session.ts';

const PLACES = ['Phone', 'History', 'Messages', 'Settings'] as const;

describe('the window at 200 % zoom', () => {
  const session = useSession();
  afterAll(() =>
    session()
      .window.page.setViewportSize({ width: 460, height: 760 })
      .catch(() => undefined),
  );

  it.each(PLACES)('needs no sideways scrolling in %s', async (place) => {
    const { window } = session();
    // Zooming a window of 460 by 760 to 200 % leaves it half as many CSS pixels.
    await window.page.setViewportSize({ width: 230, height: 380 });

    await window.show(place);

    const overflow = await window.page.getByRole('main').evaluate((main) => main.scrollWidth - main.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });

  it('shows both answers of an incoming call', async () => {
    const { window } = session();

    await window.dial('call-me-back');
    await window.incoming.waitFor();

    for (const name of ['Answer', 'Decline']) {
      const box = await window.incoming.getByRole('button', { name }).boundingBox();
      expect(box?.x, name).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 999), name).toBeLessThanOrEqual(230);
    }
    await window.incoming.getByRole('button', { name: 'Decline' }).click();
    await window.incoming.waitFor({ state: 'detached' });
  });
});

describe('a system that asks for less motion', () => {
  const session = useSession();

  it('gets none', async () => {
    const { window } = session();
    const moving = () =>
      window.page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running').length);

    await window.page.emulateMedia({ reducedMotion: 'reduce' });
    await window.dial('call-me-back');
    await window.incoming.getByRole('button', { name: 'Decline', disabled: false }).waitFor();

    expect(await moving()).toBe(0);
    await window.incoming.getByRole('button', { name: 'Decline' }).click();
    await window.incoming.waitFor({ state: 'detached' });
  });
});
