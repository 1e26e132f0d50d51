// Gives the window its PhoneClient, and nothing else of Electron.
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import type { AnyEvent, PhoneClient } from '../../src-shared/contract/index.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from './channels.ts';

const client: PhoneClient = {
  call: (name, params) => ipcRenderer.invoke(CALL_CHANNEL, name, params),
  onEvent: (listener) => {
    const listen = (_event: IpcRendererEvent, payload: AnyEvent) => listener(payload);
    ipcRenderer.on(EVENT_CHANNEL, listen);
    return () => void ipcRenderer.off(EVENT_CHANNEL, listen);
  },
};

contextBridge.exposeInMainWorld('phone', client);
