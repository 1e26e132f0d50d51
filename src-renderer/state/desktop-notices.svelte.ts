// Notices on the desktop: whether the user wants them, whether the browser lets us, and showing them.
import type { News } from './desktop-news.ts';

const KEY = 'nightjar.desktopNotices';

/** `blocked`: the browser was told no, and only there can it be told otherwise. */
export type NoticeState = 'on' | 'off' | 'blocked' | 'unknown';

export class DesktopNotices {
  state = $state<NoticeState>('off');

  constructor() {
    this.#look();
  }

  /** A browser asks the user once, and only upon a click. */
  async set(isOn: boolean): Promise<void> {
    if (isOn && 'Notification' in window) await Notification.requestPermission();
    keep(isOn);
    this.#look();
  }

  /** `open` when it is clicked. What it answers takes the notice away again. */
  show({ id, title, body }: News, open: () => void): () => void {
    if (this.state !== 'on') return () => undefined;
    const notice = new Notification(title, { body, tag: id });
    notice.onclick = () => {
      window.focus();
      open();
      notice.close();
    };
    return () => notice.close();
  }

  #look(): void {
    if (!('Notification' in window)) this.state = 'unknown';
    else if (Notification.permission === 'denied') this.state = 'blocked';
    else this.state = Notification.permission === 'granted' && isWanted() ? 'on' : 'off';
  }
}

/** Wanted until the user says otherwise. */
function isWanted(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

function keep(isOn: boolean): void {
  try {
    localStorage.setItem(KEY, isOn ? 'on' : 'off');
  } catch {
    return;
  }
}
