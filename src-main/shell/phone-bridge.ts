// The contract over Electron IPC. The sender is checked; the contract checks the rest.
import { BrowserWindow, ipcMain, type IpcMainEvent, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { callHandler, refusal, type Reply } from '../../src-shared/contract/index.ts';
import type { Phone, SoundSeat } from '../app/index.ts';
import { CALL_CHANNEL, EVENT_CHANNEL, SOUND_TO_PHONE, SOUND_TO_WINDOW } from './channels.ts';

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

/** Each window that says something of its sound gets a seat; it leaves it when it closes, loads anew or crashes. */
export function serveSound(phone: Phone): void {
  const seats = new Map<WebContents, SoundSeat>();
  const seatOf = (window: WebContents): SoundSeat => {
    const known = seats.get(window);
    if (known) return known;
    const seat = phone.attachSound({
      send: (message) => {
        if (!window.isDestroyed() && !window.isCrashed()) window.send(SOUND_TO_WINDOW, message);
      },
    });
    seats.set(window, seat);
    const leave = (): void => {
      seat.leave();
      seats.delete(window);
    };
    window.once('destroyed', leave);
    window.once('render-process-gone', leave);
    window.once('did-start-loading', leave);
    return seat;
  };
  ipcMain.on(SOUND_TO_PHONE, (event, message: unknown) => {
    if (!isOurPage(event)) return;
    if (typeof message === 'string') seatOf(event.sender).take(message);
    else if (message instanceof ArrayBuffer) seatOf(event.sender).take(new Uint8Array(message));
  });
}

/** Only the top frame of the app's own file. */
export function isOurPage(event: IpcMainInvokeEvent | IpcMainEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && frame.url.startsWith('file://');
}
