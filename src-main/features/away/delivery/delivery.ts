// Sends what callers said on to where the user wants it, and tries again until it has arrived.
import { existsSync } from 'node:fs';
import type { Logger } from '../../../base/logger.ts';
import type { Runtime, Timer } from '../../../base/runtime.ts';
import type { DeliveryRepository, PendingRecord } from '../../../storage/index.ts';
import { DELIVERY_WAYS, type DeliveredMessage, type DeliverySettings, type DeliveryWay } from './delivery-way.ts';
import { callerOf } from './delivery-text.ts';
import { copyToFolder } from './folder.ts';
import { sendMail } from './mail.ts';
import { postMessage } from './webhook.ts';

const MINUTE_MS = 60_000;
/** From one try to the next; after the last one the user is told. */
const RETRY_MS = [1, 5, 30, 120, 720].map((minutes) => minutes * MINUTE_MS);

/** One that has not arrived yet, as it is kept over a restart. */
interface PendingDelivery extends PendingRecord {
  readonly way: DeliveryWay;
}

export interface DeliveryOptions {
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly settings: DeliverySettings;
  readonly mailPassword: () => string;
  /** undefined when it was deleted for good. */
  readonly message: (messageId: string) => DeliveredMessage | undefined;
  /** The sound of an encrypted file in the clear; undefined for a plain one. Rejects when its key is not here. */
  readonly openSealed: (file: string) => Promise<Buffer<ArrayBuffer> | undefined>;
  /** Resolves when its words are known, or nobody waits for them any more. */
  readonly words?: (messageId: string) => Promise<void> | undefined;
  readonly pending: Pick<DeliveryRepository, 'list' | 'put' | 'remove'>;
  readonly onChanged: () => void;
  readonly tell: (text: string) => void;
}

const WAY_NAMES: Readonly<Record<DeliveryWay, string>> = {
  mail: 'by e-mail',
  webhook: 'to the web server',
  folder: 'to the folder',
};

export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #timers = new Set<Timer>();
  #settings: DeliverySettings;
  /** By message and way. */
  readonly #pending = new Map<string, PendingDelivery>();
  #isClosed = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  get settings(): DeliverySettings {
    return this.#settings;
  }

  /** Those that have not arrived yet. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  set(settings: DeliverySettings): void {
    this.#settings = settings;
  }

  /** Goes on with what was not delivered when the phone ended. */
  resume(): void {
    for (const { way, ...pending } of this.#options.pending.list()) {
      if (isWay(way)) void this.#try({ ...pending, way });
    }
  }

  /** Sends a message by every way that is set. */
  deliver(messageId: string): void {
    const ways = DELIVERY_WAYS.filter((way) => this.#settings[way] !== null);
    for (const way of ways) void this.#try({ messageId, way, tries: 0 });
  }

  /** Tries one way at once; rejects with the reason when it fails. */
  async test(way: DeliveryWay, message: DeliveredMessage): Promise<void> {
    await this.#send(way, message);
  }

  /** What is on its way then is sent once more after the next start: the database closes before it can be known to have arrived. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) timer.cancel();
  }

  async #try(pending: PendingDelivery): Promise<void> {
    const { logger, tell } = this.#options;
    const { messageId, way, tries } = pending;
    this.#keep(pending);
    const words = tries === 0 ? this.#options.words?.(messageId) : undefined;
    if (words) await words;
    // It is sent after the next start.
    if (this.#isClosed) return;
    const message = this.#options.message(messageId);
    // Deleted for good, or nobody wants it there any more.
    if (!message || isGone(message) || this.#settings[way] === null) {
      this.#forget(pending);
      return;
    }
    try {
      await this.#send(way, message);
      this.#forget(pending);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn('a message was not delivered', { way, tries: tries + 1, reason });
      const delayMs = RETRY_MS[tries];
      if (tries === 0) tell(`The message from ${callerOf(message)} could not be sent ${WAY_NAMES[way]}: ${reason}`);
      if (delayMs === undefined) {
        this.#forget(pending);
        return;
      }
      this.#retry(pending, delayMs);
    }
  }

  #retry(pending: PendingDelivery, delayMs: number): void {
    if (this.#isClosed) return;
    const next = { ...pending, tries: pending.tries + 1 };
    this.#keep(next);
    const timer = this.#options.runtime.setTimer(
      delayMs,
      () => {
        this.#timers.delete(timer);
        void this.#try(next);
      },
      true,
    );
    this.#timers.add(timer);
  }

  async #send(way: DeliveryWay, given: DeliveredMessage): Promise<void> {
    const sound = given.wantsCallBack ? undefined : await this.#options.openSealed(given.file);
    const message = { ...given, sound };
    const { mail, webhook, folder } = this.#settings;
    if (way === 'mail' && mail) await sendMail(message, mail, this.#options.mailPassword());
    if (way === 'webhook' && webhook) await postMessage(message, webhook);
    if (way === 'folder' && folder !== null) await copyToFolder(message, folder);
  }

  #forget(pending: PendingDelivery): void {
    if (this.#isClosed) return;
    this.#pending.delete(keyOf(pending));
    this.#options.pending.remove(pending);
    this.#options.onChanged();
  }

  #keep(pending: PendingDelivery): void {
    this.#pending.set(keyOf(pending), pending);
    this.#options.pending.put(pending);
    this.#options.onChanged();
  }
}

const isGone = ({ wantsCallBack, file }: DeliveredMessage): boolean => !wantsCallBack && !existsSync(file);
const keyOf = ({ messageId, way }: PendingDelivery): string => `${messageId} ${way}`;
const isWay = (way: string): way is DeliveryWay => DELIVERY_WAYS.some((known) => known === way);
