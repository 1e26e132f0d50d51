// Keeps the sound of messages sealed, or plain, as the user wants it: those to come, and those that are there, one after the other.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../../base/logger.ts';
import { ok, type Result } from '../../../base/result.ts';
import { sealedBy, sealFile, unsealFile, type SoundKey } from '../../../media/index.ts';
import type { MessageStore } from '../messages/index.ts';

export interface SealingProgress {
  readonly done: number;
  readonly total: number;
}

export interface MessageSealingOptions {
  readonly messages: Pick<MessageStore, 'list' | 'listDeleted' | 'get' | 'pathOf' | 'folder'>;
  readonly logger: Logger;
  readonly isOn: boolean;
  /** The first one seals; others open what was sealed earlier. */
  readonly keys: () => readonly SoundKey[];
  /** Makes a key where there is none; the failure is a sentence. */
  readonly ensureKey: () => Promise<Result<void, string>>;
  readonly onChanged: () => void;
  readonly tell: (text: string) => void;
}

export class MessageSealing {
  readonly #options: MessageSealingOptions;
  #isOn: boolean;
  #progress: SealingProgress | undefined;
  #lockedCount = 0;
  /** One file at a time. */
  #converting: Promise<void> = Promise.resolve();
  /** Tells a run that another one has taken its place. */
  #turn = 0;

  constructor(options: MessageSealingOptions) {
    this.#options = options;
    this.#isOn = options.isOn;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Of those that are being sealed or opened now. */
  get progress(): SealingProgress | undefined {
    return this.#progress;
  }

  /** How many cannot be heard because their key is not here. */
  get lockedCount(): number {
    return this.#lockedCount;
  }

  /** What is there follows in the background. The failure is a sentence, and nothing has changed then. */
  async set(isOn: boolean): Promise<Result<void, string>> {
    const ensured = isOn ? await this.#options.ensureKey() : ok(undefined);
    if (!ensured.ok) return ensured;
    this.#isOn = isOn;
    void this.bringInLine();
    return ok(undefined);
  }

  /** A message was kept whose recording may have begun before the setting was changed. */
  async check(messageId: string): Promise<void> {
    await this.#convert(messageId);
  }

  /** Seals or opens what is not as it is wanted; goes on after a start where it was broken off. */
  async bringInLine(): Promise<void> {
    const turn = ++this.#turn;
    const { messages } = this.#options;
    this.#sweep();
    const wrong: string[] = [];
    let locked = 0;
    for (const record of [...messages.list(), ...messages.listDeleted()]) {
      if (record.wantsCallBack) continue;
      const state = await this.#stateOf(messages.pathOf(record));
      if (state === 'locked') locked++;
      else if (state === (this.#isOn ? 'plain' : 'sealed')) wrong.push(record.id);
    }
    if (turn !== this.#turn) return;
    this.#tellLocked(locked);
    for (const [done, messageId] of wrong.entries()) {
      this.#show({ done, total: wrong.length });
      await this.#convert(messageId);
      // Closed, or set to something else meanwhile.
      if (turn !== this.#turn) return;
    }
    this.#show(undefined);
  }

  close(): void {
    this.#turn++;
  }

  async #stateOf(file: string): Promise<'plain' | 'sealed' | 'locked'> {
    const id = await sealedBy(file);
    if (id === undefined) return 'plain';
    return this.#options.keys().some((key) => key.id === id) ? 'sealed' : 'locked';
  }

  #convert(messageId: string): Promise<void> {
    this.#converting = this.#converting.then(() => this.#convertNow(messageId));
    return this.#converting;
  }

  /** A file that cannot be changed stays as it is. */
  async #convertNow(messageId: string): Promise<void> {
    const { messages, keys, logger } = this.#options;
    const record = messages.get(messageId);
    const [master] = keys();
    if (!record || record.wantsCallBack) return;
    const file = messages.pathOf(record);
    try {
      const state = await this.#stateOf(file);
      if (this.#isOn && state === 'plain' && master) await sealFile(file, master);
      if (!this.#isOn && state === 'sealed') await unsealFile(file, file, keys());
      // Deleted for good meanwhile.
      if (!messages.get(messageId)) rmSync(file, { force: true });
    } catch (error) {
      logger.warn('a recording could not be sealed or opened', { file, reason: (error as Error).message });
    }
  }

  /** Drafts of a phone that was killed while it wrote one. */
  #sweep(): void {
    const { folder } = this.#options.messages;
    try {
      for (const name of readdirSync(folder))
        if (name.endsWith('.wav.new')) rmSync(join(folder, name), { force: true });
    } catch {
      // Without the folder there is nothing to sweep.
      return;
    }
  }

  #tellLocked(count: number): void {
    if (count > this.#lockedCount) {
      const what = count === 1 ? 'A message cannot be heard' : `${count} messages cannot be heard`;
      this.#options.tell(
        `${what}: it was encrypted with a key that is not on this machine any more. Nothing is deleted.`,
      );
    }
    this.#lockedCount = count;
    this.#options.onChanged();
  }

  #show(progress: SealingProgress | undefined): void {
    this.#progress = progress;
    this.#options.onChanged();
  }
}
