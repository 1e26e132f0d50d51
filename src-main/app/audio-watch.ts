// Knows which sound the phone uses now.
import type { AudioStatus, MediaEngine } from '../media/index.ts';

export class AudioWatch {
  readonly #media: MediaEngine;
  readonly #onChanged: () => void;
  #status: AudioStatus = { backend: 'null', reason: 'Sound is starting.' };

  constructor(media: MediaEngine, onChanged: () => void) {
    this.#media = media;
    this.#onChanged = onChanged;
    media.events.on('audioChanged', (status) => {
      this.#status = status;
      onChanged();
    });
  }

  get status(): AudioStatus {
    return this.#status;
  }

  async start(): Promise<void> {
    const status = await this.#media.getAudioStatus();
    if (!status.ok) return;
    this.#status = status.value;
    this.#onChanged();
  }
}
