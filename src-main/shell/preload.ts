// Gives the window its PhoneClient and its line for sound, and nothing else of Electron.
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import type { AnyEvent, PhoneClient } from '../../src-shared/contract/index.ts';
import { CALL_CHANNEL, DRAG_CHANNEL, EVENT_CHANNEL, SOUND_TO_PHONE, SOUND_TO_WINDOW } from './channels.ts';

const client: PhoneClient = {
  call: (name, params) => ipcRenderer.invoke(CALL_CHANNEL, name, params),
  onEvent: (listener) => {
    const listen = (_event: IpcRendererEvent, payload: AnyEvent) => listener(payload);
    ipcRenderer.on(EVENT_CHANNEL, listen);
    return () => void ipcRenderer.off(EVENT_CHANNEL, listen);
  },
};

contextBridge.exposeInMainWorld('phone', client);
contextBridge.exposeInMainWorld('phoneDrag', (messageId: string) => ipcRenderer.send(DRAG_CHANNEL, messageId));
contextBridge.exposeInMainWorld('phoneSound', {
  send: (message: string | ArrayBuffer) => ipcRenderer.send(SOUND_TO_PHONE, message),
  onMessage: (listener: (message: string | ArrayBuffer) => void) =>
    void ipcRenderer.on(SOUND_TO_WINDOW, (_event, message: string | ArrayBuffer) => listener(message)),
});
