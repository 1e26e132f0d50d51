// The tray and the badge of the dock: how many messages wait, and the away switch. Desktops without a tray show none.
import { join } from 'node:path';
import { app, Menu, Tray, type MenuItemConstructorOptions } from 'electron';
import type { PhoneView } from '../../src-shared/contract/index.ts';
import type { Phone } from '../app/index.ts';
import { trayText } from './tray-words.ts';

const ICONS = join(import.meta.dirname, '..', '..', '..', 'assets', 'icons');
const iconFor = (unheardCount: number): string => join(ICONS, unheardCount > 0 ? 'tray-news.png' : 'tray.png');

/** `openWindow` brings the window to the front. */
export function showTray(phone: Phone, openWindow: () => void): void {
  const { away } = phone.getView();
  const tray = new Tray(iconFor(away.unheardCount));
  tray.on('click', openWindow);
  const draw = (now: PhoneView['away']): void => {
    tray.setImage(iconFor(now.unheardCount));
    tray.setToolTip(trayText(now));
    tray.setContextMenu(Menu.buildFromTemplate(itemsOf(phone, now, openWindow)));
    app.setBadgeCount(now.unheardCount);
  };
  draw(away);
  phone.onEvent((event) => {
    if (event.event === 'phone.changed' && event.changed.away) draw(event.changed.away);
  });
}

function itemsOf(
  { handlers }: Phone,
  { isOn }: PhoneView['away'],
  openWindow: () => void,
): MenuItemConstructorOptions[] {
  const switchAway = (): void =>
    void (isOn ? handlers['away.switchOff']({}) : handlers['away.switchOn']({ until: 'switchedOff' }));
  return [
    { label: 'Open Nightjar', click: openWindow },
    { label: 'Away', type: 'checkbox', checked: isOn, click: switchAway },
    { type: 'separator' },
    { label: 'Quit', click: () => app.quit() },
  ];
}
