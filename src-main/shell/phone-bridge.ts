// The contract over Electron IPC. The sender is checked; the contract checks the rest.
import { BrowserWindow, ipcMain, type IpcMainInvokeEvent } from 'electron';
import { callHandler, refusal, type Reply } from '../../src-shared/contract/index.ts';
import type { Phone } from '../app/index.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from './channels.ts';

export function servePhone(phone: Phone): void {
  ipcMain.handle(CALL_CHANNEL, (event, name: unknown, params: unknown): Promise<Reply<unknown>> => {
    if (!isOurPage(event)) return Promise.resolve(refusal('internal', 'this page may not use the phone'));
    return callHandler(phone.handlers, name, params);
  });
  phone.onEvent((event) => {
    for (const window of BrowserWindow.getAllWindows()) {
      if (!window.isDestroyed() && !window.webContents.isCrashed()) window.webContents.send(EVENT_CHANNEL, event);
    }
  });
}

/** Only the top frame of the app's own file. */
function isOurPage(event: IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && frame.url.startsWith('file://');
}
