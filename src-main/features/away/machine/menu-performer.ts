// Performs the caller's menu for one call: what is said, the wait for keys, the PIN, and the ring at the user's phone.
import type { Runtime, Timer } from '../../../base/runtime.ts';
import type { MediaEngine } from '../../../media/index.ts';
import type { CallManager } from '../../call/index.ts';
import type { AwayAction, AwayInput } from './away-step.ts';

export type MenuAction = Extract<
  AwayAction,
  | 'playMenu'
  | 'waitForKeys'
  | 'keepCallBack'
  | 'playCallBackNoted'
  | 'askPin'
  | 'askPinAgain'
  | 'ringThrough'
  | 'stopRinging'
>;

const MAX_PIN_DIGITS = 12;
const MAX_WRONG_A_CALL = 3;

export interface CallerMenu {
  readonly menuFile: string;
  readonly callBackNotedFile: string;
  readonly enterPinFile: string;
  readonly wrongPinFile: string;
  /** How long a caller has to press something after all was said. */
  readonly waitForKeysMs: number;
  /** How long the user's phone rings. */
  readonly ringThroughMs: number;
  /** The caller wants to be called back. */
  readonly keepCallBack: () => void;
  /** Whether the PIN is right, and whether no more are taken. */
  readonly checkPin: (given: string) => { readonly isRight: boolean; readonly isLocked: boolean };
}

export interface MenuPerformerParts {
  readonly runtime: Runtime;
  readonly calls: CallManager;
  readonly media: MediaEngine;
  readonly callId: string;
  readonly menu: CallerMenu;
  readonly play: (file: string) => void;
  readonly take: (input: AwayInput) => void;
}

export class MenuPerformer {
  readonly #parts: MenuPerformerParts;
  readonly performers: Readonly<Record<MenuAction, () => void>> = {
    playMenu: () => this.#parts.play(this.#parts.menu.menuFile),
    waitForKeys: () => this.#waitForKeys(),
    keepCallBack: () => this.#parts.menu.keepCallBack(),
    playCallBackNoted: () => this.#parts.play(this.#parts.menu.callBackNotedFile),
    askPin: () => this.#parts.play(this.#parts.menu.enterPinFile),
    askPinAgain: () => this.#parts.play(this.#parts.menu.wrongPinFile),
    ringThrough: () => this.#ringThrough(),
    stopRinging: () => this.#stopRinging(),
  };
  #timer: Timer | undefined;
  #pin = '';
  #wrong = 0;

  constructor(parts: MenuPerformerParts) {
    this.#parts = parts;
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** `#` ends the PIN, `*` begins it anew. */
  takePinDigit(digit: string): void {
    if (digit !== '#') {
      this.#pin = digit === '*' ? '' : (this.#pin + digit).slice(0, MAX_PIN_DIGITS);
      this.#waitForKeys();
      return;
    }
    const { isRight, isLocked } = this.#parts.menu.checkPin(this.#pin);
    this.#pin = '';
    if (isRight) this.#parts.take({ kind: 'pinRight' });
    else this.#parts.take({ kind: isLocked || ++this.#wrong >= MAX_WRONG_A_CALL ? 'pinLocked' : 'pinWrong' });
  }

  #waitForKeys(): void {
    const { runtime, menu } = this.#parts;
    this.#after(runtime, menu.waitForKeysMs, { kind: 'keysOver' });
  }

  #ringThrough(): void {
    const { runtime, calls, media, callId, menu } = this.#parts;
    const sessionId = calls.mediaSessionOf(callId);
    if (sessionId !== undefined) void media.setSource(sessionId, { kind: 'tone', tone: 'ringBack' });
    calls.ringThrough(callId, true);
    this.#after(runtime, menu.ringThroughMs, { kind: 'ringOver' });
  }

  #stopRinging(): void {
    const { calls, media, callId } = this.#parts;
    this.#timer?.cancel();
    calls.ringThrough(callId, false);
    const sessionId = calls.mediaSessionOf(callId);
    if (sessionId !== undefined) void media.setSource(sessionId, { kind: 'silence' });
  }

  #after(runtime: Runtime, delayMs: number, input: AwayInput): void {
    this.#timer?.cancel();
    this.#timer = runtime.setTimer(delayMs, () => this.#parts.take(input));
  }
}
