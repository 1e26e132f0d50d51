// Dragging a message out of the window, to a folder or another program: the browser fetches it, Electron's main process hands it over.
import { nameOf } from '../lib/format.ts';
import type { VoiceMessage } from '../../src-shared/contract/index.ts';

/** What the preload puts there: begins a drag of the file. */
export type PreloadedDrag = (messageId: string) => void;

declare global {
  interface Window {
    readonly phoneDrag?: PreloadedDrag;
  }
}

/** What file names of some system may not have. */
const NOT_IN_NAMES = /[\\/:*?"<>|]+/g;

export function dragMessage(event: DragEvent, message: VoiceMessage): void {
  if (window.phoneDrag) {
    event.preventDefault();
    window.phoneDrag(message.id);
    return;
  }
  const name = `Message from ${nameOf(message.from)}`.replace(NOT_IN_NAMES, '_');
  event.dataTransfer?.setData('DownloadURL', `audio/wav:${name}.wav:${location.origin}/messages/${message.id}.wav`);
}
