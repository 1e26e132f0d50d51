// Performs the answering machine for one call: what away-machine.ts decides, done with the call and its sound.
import type { Logger } from '../../../base/logger.ts';
import type { Runtime, Timer } from '../../../base/runtime.ts';
import type { Unsubscribe } from '../../../base/typed-emitter.ts';
import type { MediaEngine, RecordingConfig, RecordingSummary, SendSource } from '../../../media/index.ts';
import type { CallManager } from '../../call/index.ts';
import { awayStart, awayStep } from './away-machine.ts';
import type { AwayAction, AwayInput, AwayPhase, AwayPlan, AwayState } from './away-step.ts';
import { MenuPerformer, type CallerMenu } from './menu-performer.ts';
import { SpokenName } from './spoken-name.ts';

/** Length of the beep that ends the greeting. */
const BEEP_MS = 400;

export interface AnsweringMachineOptions {
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly calls: CallManager;
  readonly media: MediaEngine;
  readonly callId: string;
  readonly answerAfterMs: number;
  readonly plan: AwayPlan & { readonly greetingFile: string | undefined };
  /** The file of one of the phrases that come with the app. */
  readonly phrase: (name: string) => string;
  /** Where the name is recorded that the caller is asked for. */
  readonly nameFile: string;
  readonly menu: CallerMenu;
  /** A place for the message, taken when the recording begins. */
  readonly beginMessage: () => RecordingConfig;
  /** undefined when the sound could not be recorded. */
  readonly onRecorded: (recording: RecordingSummary | undefined) => void;
  /** What he hears last. */
  readonly onLastWords: (outcome: 'sentAway' | 'replied') => void;
  /** The caller wants to give the owner's PIN: the call is no longer the machine's. */
  readonly onRemoteAccess: () => void;
  /** It does something else now. */
  readonly onChanged: () => void;
  readonly onFinished: () => void;
}

/** What else is pressed means nothing. */
const KEYS = {
  '*': 'skipPressed',
  '#': 'endPressed',
  '1': 'onePressed',
  '2': 'twoPressed',
  '0': 'zeroPressed',
} as const;
const SILENCE = { kind: 'silence' } as const;
const fileSource = (file: string) => ({ kind: 'file', file, isLooped: false }) as const;

export class AnsweringMachine {
  readonly #options: AnsweringMachineOptions;
  readonly #subscriptions: readonly Unsubscribe[];
  readonly #menu: MenuPerformer;
  readonly #name: SpokenName;
  readonly #performers: Readonly<Record<AwayAction, () => void>>;
  readonly #ownPerformers = {
    startWait: () => this.#wait(),
    stopWait: () => this.#stopWait(),
    answer: () => void this.#answer(SILENCE),
    answerAndGreet: () => void this.#answer(fileSource(this.#options.plan.greetingFile ?? '')),
    answerAndAskName: () => void this.#answer(fileSource(this.#options.phrase('sayYourName'))),
    answerInPerson: () => void this.#options.calls.answer(this.#options.callId),
    playEarlyGreeting: () => this.#playEarlyGreeting(),
    playGreeting: () => void this.#play(this.#options.plan.greetingFile ?? ''),
    hearName: () => this.#withSession((sessionId) => void this.#name.record(sessionId)),
    stopName: () => this.#withSession((sessionId) => void this.#name.stop(sessionId)),
    playPleaseWait: () => void this.#play(this.#options.phrase('pleaseWait')),
    playNotTaken: () => this.#endWith('sentAway', this.#options.phrase('notTaken')),
    playNotice: () => void this.#play(this.#options.phrase('notice')),
    playBeep: () => void this.#playBeep(),
    playReply: () => this.#endWith('replied', this.#replyFile),
    playApology: () => void this.#play(this.#options.phrase('apology')),
    startRecording: () => void this.#startRecording(),
    saveRecording: () => void this.#saveRecording(),
    loosenRecording: () => this.#withSession((sessionId) => void this.#options.media.loosenRecording(sessionId)),
    connect: () => void this.#options.calls.takeOver(this.#options.callId),
    startRemoteAccess: () => this.#options.onRemoteAccess(),
    hangUp: () => void this.#options.calls.hangUp(this.#options.callId),
  };
  #file: string | undefined;
  #state: AwayState = awayStart;
  #timer: Timer | undefined;
  #replyFile = '';
  /** Outlives the call: it is closed by the media engine, which then tells how long it is. */
  #isRecordingOpen = false;

  constructor(options: AnsweringMachineOptions) {
    this.#options = options;
    this.#name = new SpokenName(options.media, options.nameFile, (isHeard) =>
      this.take({ kind: isHeard ? 'nameHeard' : 'nameMissing' }),
    );
    this.#menu = new MenuPerformer({
      ...options,
      play: (file) => void this.#play(file),
      take: (input) => this.take(input),
    });
    this.#performers = { ...this.#ownPerformers, ...this.#menu.performers };
    const { events } = options.media;
    this.#subscriptions = [
      options.calls.events.on('digit', ({ callId, digit }) => {
        if (callId === options.callId) this.#takeDigit(digit);
      }),
      events.on('sourceEnded', ({ sessionId }) => {
        if (sessionId === this.#sessionId()) this.take({ kind: 'soundEnded' });
      }),
      events.on('recordingEnded', ({ recording }) => {
        if (recording.file === this.#file) this.#closeRecording(recording);
      }),
    ];
  }

  take(input: AwayInput): void {
    const { state, actions } = awayStep(this.#state, input, this.#options.plan);
    const isChanged = state !== this.#state;
    this.#state = state;
    for (const action of actions) this.#performers[action]();
    if (isChanged) this.#options.onChanged();
    this.#finishWhenDone();
  }

  /** What the caller said when he was asked for his name. */
  get nameFile(): string | undefined {
    return this.#name.isHeard ? this.#name.file : undefined;
  }

  get phase(): AwayPhase {
    return this.#state.phase;
  }

  /** Tells the caller what is in `file` in the user's place, and hangs up after it. */
  reply(file: string): boolean {
    this.#replyFile = file;
    return this.#isChangedBy({ kind: 'replyChosen' });
  }

  /** Gives the call to the user. */
  pickUp(): boolean {
    return this.#isChangedBy({ kind: 'pickedUp' });
  }

  #isChangedBy(input: AwayInput): boolean {
    const before = this.#state;
    this.take(input);
    return this.#state !== before;
  }

  /** The user does not want to take who rings through. */
  leaveToMachine(): boolean {
    return this.#isChangedBy({ kind: 'leftToMachine' });
  }

  #takeDigit(digit: string): void {
    if (this.#state.phase === 'askingPin') this.#menu.takePinDigit(digit);
    else if (digit in KEYS) this.take({ kind: KEYS[digit as keyof typeof KEYS] });
  }

  #stopWait(): void {
    this.#timer?.cancel();
    this.#menu.stop();
  }

  #withSession(act: (sessionId: string) => void): void {
    const sessionId = this.#sessionId();
    if (sessionId !== undefined) act(sessionId);
  }

  #sessionId(): string | undefined {
    return this.#options.calls.mediaSessionOf(this.#options.callId);
  }

  /** Not to wait means at once, and no timer does that. */
  #wait(): void {
    const delayMs = this.#options.answerAfterMs;
    const over = (): void => this.take({ kind: 'waitOver' });
    if (delayMs > 0) this.#timer = this.#options.runtime.setTimer(delayMs, over);
    else queueMicrotask(over);
  }

  async #answer(source: SendSource): Promise<void> {
    const { calls, callId } = this.#options;
    const answered = await calls.answer(callId, { source, playsToDevice: false, isAway: true });
    if (!answered.ok) this.take({ kind: 'answerFailed' });
  }

  #playEarlyGreeting(): void {
    const { calls, callId, plan } = this.#options;
    const isSent = plan.greetingFile !== undefined && calls.sendEarly(callId, fileSource(plan.greetingFile));
    if (!isSent) queueMicrotask(() => this.take({ kind: 'earlyFailed' }));
  }

  /** A file that cannot be played is over at once. */
  async #play(file: string): Promise<void> {
    const sessionId = this.#sessionId();
    if (sessionId === undefined) return;
    const set = await this.#options.media.setSource(sessionId, fileSource(file));
    if (!set.ok) this.take({ kind: 'soundEnded' });
  }

  #endWith(outcome: 'sentAway' | 'replied', file: string): void {
    this.#options.onLastWords(outcome);
    void this.#play(file);
  }

  async #playBeep(): Promise<void> {
    const { runtime, media } = this.#options;
    const sessionId = this.#sessionId();
    if (sessionId === undefined) return;
    await media.setSource(sessionId, { kind: 'tone', tone: 'beep' });
    if (this.#state.phase !== 'beeping') return;
    this.#timer = runtime.setTimer(BEEP_MS, () => {
      void media.setSource(sessionId, SILENCE);
      this.take({ kind: 'beepEnded' });
    });
  }

  async #startRecording(): Promise<void> {
    const { media, logger, beginMessage } = this.#options;
    const sessionId = this.#sessionId();
    if (sessionId === undefined) return;
    const recording = beginMessage();
    this.#file = recording.file;
    this.#isRecordingOpen = true;
    const started = await media.startRecording(sessionId, recording);
    if (started.ok) return;
    logger.error('a message cannot be recorded', { reason: started.error.message });
    this.#closeRecording(undefined);
  }

  async #saveRecording(): Promise<void> {
    const sessionId = this.#sessionId();
    // When the call is over the engine has closed the file already, and says so by an event.
    if (sessionId === undefined) return;
    const stopped = await this.#options.media.stopRecording(sessionId);
    if (stopped.ok) this.#closeRecording(stopped.value);
  }

  #closeRecording(recording: RecordingSummary | undefined): void {
    if (!this.#isRecordingOpen) return;
    this.#isRecordingOpen = false;
    this.#options.onRecorded(recording);
    const isFailed = recording === undefined || recording.end === 'writeFailed';
    this.take({ kind: isFailed ? 'recordingFailed' : 'recordingEnded' });
    this.#finishWhenDone();
  }

  #finishWhenDone(): void {
    if (this.#state.phase !== 'finished' || this.#isRecordingOpen) return;
    this.#stopWait();
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#name.forget();
    this.#options.onFinished();
  }
}
