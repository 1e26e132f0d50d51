// A message is dragged out of the window: the system gets a file, which is removed when the app ends.
import { join } from 'node:path';
import { app, ipcMain } from 'electron';
import { lendMessage, type LentFile, type Phone } from '../app/index.ts';
import { DRAG_CHANNEL } from './channels.ts';
import { isOurPage } from './phone-bridge.ts';

const ICON = join(import.meta.dirname, '..', '..', '..', 'assets', 'icons', 'tray@2x.png');

export function serveDrags(phone: Phone): void {
  const lent: LentFile[] = [];
  ipcMain.on(DRAG_CHANNEL, (event, messageId: unknown) => {
    if (!isOurPage(event) || typeof messageId !== 'string') return;
    void lendMessage(phone, messageId).then((reply) => {
      if (!reply.ok) return;
      lent.push(reply.value);
      event.sender.startDrag({ file: reply.value.file, icon: ICON });
    });
  });
  app.on('will-quit', () => {
    for (const file of lent) file.giveBack();
  });
}
