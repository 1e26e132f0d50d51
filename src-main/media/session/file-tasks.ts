// What the engine does with files outside any session: plays, copies and measures them.
import { measureWaveForm, readWav } from '../recording/index.ts';
import type { AudioHub } from './audio-hub.ts';
import { done, unreadable, type Answer } from './engine-answers.ts';
import type { PlayOptions } from './media-engine.ts';
import type { SoundFormat } from './session-config.ts';
import { exportSound, type ExportTools } from './sound-export.ts';

export interface FileTasksOptions extends ExportTools {
  readonly hub: AudioHub;
  /** It was read, and is heard from now on. */
  readonly onStarted: (file: string) => void;
  /** A pause was left out; it goes on there. */
  readonly onJumped: (positionMs: number) => void;
}

export class FileTasks {
  readonly #options: FileTasksOptions;
  /** Which wish is the latest: what was read for one before it is not played any more. */
  #turn = 0;

  constructor(options: FileTasksOptions) {
    this.#options = options;
  }

  async play(file: string, options: PlayOptions): Answer {
    const { hub, soundKeys, onStarted, onJumped } = this.#options;
    const turn = ++this.#turn;
    const wav = await readWav(file, options.fromMs, soundKeys.all);
    if (!wav.ok) return unreadable(wav.error, file);
    if (turn !== this.#turn) return done;
    const playing = hub.player.play(wav.value, options, onJumped);
    hub.update();
    onStarted(file);
    await playing;
    return done;
  }

  stop(): Answer {
    const { hub } = this.#options;
    this.#turn++;
    hub.player.stop();
    hub.update();
    return Promise.resolve(done);
  }

  export(wav: string, file: string, format: SoundFormat): Answer {
    return exportSound(wav, file, format, this.#options);
  }

  async measure(file: string): Answer<readonly number[]> {
    const measured = await measureWaveForm(file, this.#options.soundKeys.all);
    return measured.ok ? measured : unreadable(measured.error, file);
  }
}
