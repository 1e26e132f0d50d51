// What one caller may choose at the answering machine, by the settings and by who he is.
import { isListed, type CallInfo } from '../call/index.ts';
import type { AwayOptions } from './away-options.ts';
import type { AwaySettings, MenuSettings } from './away-settings.ts';
import type { CallRecord } from './call-record.ts';
import type { CallerMenu } from './machine/index.ts';
import { PinLock } from './remote-access/index.ts';

/** Callers whose wrong PINs are counted; the one who came first is forgotten first. */
const MAX_LOCKS = 1000;

type Options = Pick<AwayOptions, 'runtime' | 'logger' | 'ringThroughPin' | 'isContact' | 'messages' | 'onKept'>;

export class CallerChoices {
  readonly #options: Options;
  readonly #phrase: (name: string) => string;
  /** By address. */
  readonly #locks = new Map<string, PinLock>();

  constructor(options: Options, phrase: (name: string) => string) {
    this.#options = options;
    this.#phrase = phrase;
  }

  /** What the machine may do for this caller. */
  planFor({ remote }: CallInfo, settings: AwaySettings) {
    return {
      hasMenu: settings.callerMenu,
      canCallBack:
        remote.isAnonymous !== true && !/@anonymous\.invalid$/i.test(remote.address) && remote.address !== '',
      mayRingThrough: this.#mayRingThrough(remote.address, settings),
    };
  }

  /** Whether nobody here knows who calls, and that is to be found out first. */
  asksName(address: string, { screening, ringThroughCallers }: MenuSettings, isAway: boolean): boolean {
    if (screening === 'off' || (screening === 'whenAway' && !isAway)) return false;
    return !this.#options.isContact(address) && !isListed(ringThroughCallers, address);
  }

  menuFor(call: CallInfo, settings: AwaySettings, record: CallRecord): CallerMenu {
    const { messages, onKept, logger } = this.#options;
    const { address } = call.remote;
    const tellsAll = settings.saysRingThrough && this.#mayRingThrough(address, settings);
    return {
      menuFile: this.#phrase(tellsAll ? 'callerMenuRing' : 'callerMenu'),
      callBackNotedFile: this.#phrase('callBackNoted'),
      enterPinFile: this.#phrase('enterPin'),
      wrongPinFile: this.#phrase('wrongPinAgain'),
      waitForKeysMs: settings.menuWaitSec * 1000,
      ringThroughMs: settings.ringThroughSec * 1000,
      keepCallBack: () => {
        const messageId = messages.keepCallBack({ accountId: call.accountId, ...call.remote });
        record.noteMessage('callBackWanted', messageId);
        onKept(messageId);
      },
      checkPin: (given) => {
        const lock = this.#lockOf(address);
        const isRight = lock.opensWith(given, this.#options.ringThroughPin());
        if (!isRight) logger.warn('a wrong PIN to ring through was given', { callId: call.id });
        return { isRight, isLocked: lock.isLocked };
      },
    };
  }

  #mayRingThrough(address: string, { ringThroughCallers, ringThroughContacts }: MenuSettings): boolean {
    const { ringThroughPin, isContact } = this.#options;
    if (ringThroughPin() === '' || this.#locks.get(address)?.isLocked === true) return false;
    return isListed(ringThroughCallers, address) || (ringThroughContacts && isContact(address));
  }

  #lockOf(address: string): PinLock {
    const known = this.#locks.get(address);
    if (known) return known;
    const lock = new PinLock(this.#options.runtime);
    this.#locks.set(address, lock);
    const [oldest] = this.#locks.keys();
    if (this.#locks.size > MAX_LOCKS && oldest !== undefined) this.#locks.delete(oldest);
    return lock;
  }
}
