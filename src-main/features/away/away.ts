// Away mode: gives an answering machine to each call that rings while it is on, and keeps what callers say.
import { join } from 'node:path';
import type { CallInfo } from '../call/index.ts';
import { forecastOf, type CallForecast, type CallQuestion } from './explain-call.ts';
import { CallerChoices } from './caller-choices.ts';
import { CallerGreeting } from './caller-greeting.ts';
import { CallRecord } from './call-record.ts';
import { keepRecording } from './keep-recording.ts';
import { AnsweringMachine, forgetNames, newNameFile, type AwayPhase } from './machine/index.ts';
import { PinLock, RemoteAccess } from './remote-access/index.ts';
import { REPLIES } from './replies.ts';
import { ownCallsOf, WaysIn, withoutOver, type UntilWhen } from './ways-in/index.ts';
import type { AwayOptions } from './away-options.ts';
import type { AwaySettings } from './away-settings.ts';

type SpokenPhase = Exclude<AwayPhase, 'waiting' | 'talking' | 'finished'>;

/** A call that the answering machine has answered. */
export interface AwayCaller {
  readonly callId: string;
  readonly phase: SpokenPhase;
  /** The user hears what is said. */
  readonly isHeard: boolean;
  /** He said who he is, for the user to hear. */
  readonly hasName: boolean;
}

/** Messages that wait to be heard or deleted; when there are so many, calls ring on and nobody answers. */
const MAX_MESSAGES = 1_000;

export class Away {
  readonly #options: AwayOptions;
  readonly #machines = new Map<string, AnsweringMachine>();
  readonly #heard = new Set<string>();
  readonly #lock: PinLock;
  readonly #choices: CallerChoices;
  readonly #greeting: CallerGreeting;
  readonly ways: WaysIn;
  #wasOn: boolean;
  #settings: AwaySettings;

  constructor(options: AwayOptions) {
    this.#options = options;
    this.#lock = new PinLock(options.runtime);
    forgetNames(options.spokenFolder);
    this.#choices = new CallerChoices(options, (name) => this.#phrase(name));
    this.#settings = options.settings;
    const { runtime, isDoNotDisturb, calendar } = options;
    const onChanged = (): void => this.#onWaysChanged();
    const calendarSpans = () => calendar.spans;
    this.ways = new WaysIn({ runtime, isDoNotDisturb, calendarSpans, settings: () => this.#settings, onChanged });
    this.#greeting = new CallerGreeting(options, this.ways);
    this.#wasOn = this.ways.decide().isAway;
    const { events } = options.calls;
    events.on('ringing', (call) => this.#onRinging(call));
    events.on('taken', ({ id }) => this.#machines.get(id)?.take({ kind: 'callTaken' }));
    events.on('ended', ({ id }) => this.#machines.get(id)?.take({ kind: 'callEnded' }));
  }

  get settings(): AwaySettings {
    return withoutOver(this.#settings, this.#options.runtime.wallMs());
  }

  /** Would the machine take a call that comes while the user has so many of his own? */
  isOnFor(ownCalls: number): boolean {
    const { calls, maxCalls } = this.#options;
    return this.ways.decide(ownCallsOf(calls.list(), maxCalls, undefined, ownCalls)).isAway;
  }

  /** What would happen to such a call; a busy line counts only when it comes now. */
  explain({ from, accountId, atMs }: CallQuestion): CallForecast {
    const { runtime, calls, maxCalls, isDoNotDisturb } = this.#options;
    const own = ownCallsOf(calls.list(), maxCalls);
    const isNow = atMs <= runtime.wallMs();
    const decision = isNow ? this.ways.decide(own) : this.ways.decideLater(atMs);
    const isRefused = isDoNotDisturb() || (isNow && own.isFull);
    const asksName = this.#choices.asksName(from, this.settings, decision.isAway);
    return forecastOf(
      decision,
      { isRefused, asksName },
      this.#greeting.choose(this.settings, { from, accountId, atMs }),
    );
  }

  /** Who speaks to the machine now. */
  get callers(): readonly AwayCaller[] {
    return [...this.#machines].flatMap(([callId, { phase, nameFile }]) => {
      if (phase === 'waiting' || phase === 'talking' || phase === 'finished') return [];
      return { callId, phase, isHeard: this.#heard.has(callId), hasName: nameFile !== undefined };
    });
  }

  /** Takes the call from the machine; false when the machine does not have it. */
  pickUp(callId: string): boolean {
    return this.#machines.get(callId)?.pickUp() ?? false;
  }

  /** Does not take who rings through; false when he does not. */
  leaveToMachine(callId: string): boolean {
    return this.#machines.get(callId)?.leaveToMachine() ?? false;
  }

  /** Lets the user hear what is said to the machine; false when nobody speaks to it there. */
  listen(callId: string, isHeard: boolean): boolean {
    const { calls, media, onChanged } = this.#options;
    const sessionId = calls.mediaSessionOf(callId);
    if (sessionId === undefined || !this.callers.some((caller) => caller.callId === callId)) return false;
    void media.setPlaysToDevice(sessionId, isHeard);
    if (isHeard) this.#heard.add(callId);
    else this.#heard.delete(callId);
    onChanged();
    return true;
  }

  /** Lets the user hear the name that the caller gave; false when he gave none. */
  playName(callId: string): boolean {
    const file = this.#machines.get(callId)?.nameFile;
    if (file !== undefined) void this.#options.media.playFile(file);
    return file !== undefined;
  }

  hasReply(replyId: string): boolean {
    return REPLIES.some(({ id }) => id === replyId);
  }

  /** Has the caller told one of REPLIES in the user's place; false when there is no such caller or reply. */
  reply(callId: string, replyId: string): boolean {
    const reply = REPLIES.find(({ id }) => id === replyId);
    return reply !== undefined && (this.#machines.get(callId)?.reply(this.#phrase(reply.phrase)) ?? false);
  }

  /** Calls that ring already keep to what was set when they came, except that switching off leaves them to the user. */
  set(settings: AwaySettings): void {
    this.#settings = settings;
    this.#options.save(settings);
    this.#options.calendar.follow(settings.calendar);
    this.ways.refresh();
  }

  switchOn(until: UntilWhen): void {
    this.set({ ...this.settings, ...this.ways.switchedOn(until) });
  }

  /** The user is here, whatever had switched it on. */
  switchOff(): void {
    this.set({ ...this.settings, ...this.ways.switchedOff() });
  }

  #onWaysChanged(): void {
    const wasOn = this.#wasOn;
    this.#wasOn = this.ways.decide().isAway;
    if (wasOn && !this.#wasOn) this.#leaveWaiting();
    if (!wasOn && this.#wasOn) for (const call of this.#options.calls.list()) this.#onRinging(call);
    this.#options.onChanged();
  }

  #leaveWaiting(): void {
    for (const call of this.#options.calls.list()) {
      if (call.phase === 'ringing') this.#machines.get(call.id)?.take({ kind: 'callTaken' });
    }
  }

  #onRinging(call: CallInfo): void {
    const isOurs = call.direction === 'incoming' && call.phase === 'ringing';
    if (!isOurs || this.#machines.has(call.id)) return;
    const { calls, maxCalls, messages, logger } = this.#options;
    const { isAway, answerAfterMs } = this.ways.decide(ownCallsOf(calls.list(), maxCalls, call.id));
    const asksName = this.#choices.asksName(call.remote.address, this.#settings, isAway);
    if (!isAway && !asksName) return;
    if (messages.list().length + this.#machines.size >= MAX_MESSAGES) {
      logger.warn('no message is taken, for there are too many already', { messages: MAX_MESSAGES });
      return;
    }
    // Who is asked for his name does not ring before.
    const machine = this.#machineFor(call, asksName ? 0 : answerAfterMs, asksName);
    this.#machines.set(call.id, machine);
    machine.take({ kind: 'callRings' });
  }

  /** Calls keep to what is set when they come. */
  #machineFor(call: CallInfo, answerAfterMs: number, asksName: boolean): AnsweringMachine {
    const { id: callId, remote, accountId } = call;
    const { messages, runtime, spokenFolder, onMessageBegun, onMessageEnded, isSealing } = this.#options;
    const settings = this.#settings;
    const record = new CallRecord();
    let messageId: string | undefined;
    return new AnsweringMachine({
      ...this.#options,
      ...{ callId, answerAfterMs, plan: this.#planFor(call, asksName) },
      menu: this.#choices.menuFor(call, settings, record),
      phrase: (name) => this.#phrase(name),
      nameFile: newNameFile(spokenFolder, runtime),
      beginMessage: () => {
        const { id, file } = messages.begin({ accountId, ...remote });
        messageId = id;
        onMessageBegun?.({ callId, messageId, file });
        return {
          file,
          // What is sent is silence until the user picks up, and his voice from then on.
          tracks: 'mixed',
          limitSec: settings.maxMessageSec,
          endOnSilenceSec: settings.endOnSilenceSec,
          endsOnCallingTone: true,
          isSealed: isSealing(),
        };
      },
      onRecorded: (recording) => {
        const id = messageId;
        if (id === undefined) return;
        const kept = keepRecording(this.#options, settings, { id, recording, caller: nameOf(call) });
        void kept.then(() => onMessageEnded?.(id));
        record.settleAfter(kept.then((isKept) => (isKept ? record.noteMessage('message', id) : undefined)));
      },
      onLastWords: (outcome) => record.note(outcome),
      onRemoteAccess: () => this.#openRemoteAccess(callId, record),
      onFinished: () => this.#forget(callId, record),
    });
  }

  #planFor(call: CallInfo, asksName: boolean) {
    const { runtime, logger, pin } = this.#options;
    const settings = this.#settings;
    const { remote, accountId } = call;
    const question = { from: remote.address, accountId, atMs: runtime.wallMs() };
    const { file: greetingFile, missing } = this.#greeting.choose(settings, question);
    if (missing.length > 0) logger.warn('a greeting file is gone; another one is played', { missing });
    return {
      ...{ asksName, greetingFile, hasGreeting: greetingFile !== undefined },
      hasNotice: settings.notice,
      hasBeep: settings.beep,
      greetsEarly: settings.earlyGreeting,
      hasRemoteAccess: pin() !== '',
      recordsOn: settings.afterPickUp === 'record',
      ...this.#choices.planFor(call, settings),
    };
  }

  #openRemoteAccess(callId: string, record: CallRecord): void {
    const { greetings } = this.#options;
    const setAway = (isOn: boolean): void => (isOn ? this.switchOn('switchedOff') : this.switchOff());
    const isAway = (): boolean => this.ways.decide().isAway;
    const onOpened = (): void => record.note('remoteAccess');
    new RemoteAccess({ ...this.#options, ...greetings, lock: this.#lock, onOpened, isAway, setAway }, callId);
  }

  #forget(callId: string, record: CallRecord): void {
    this.#machines.delete(callId);
    this.#heard.delete(callId);
    this.#options.onChanged();
    void record.result().then((result) => this.#options.onCallSettled?.(callId, result));
  }

  #phrase(name: string): string {
    return join(this.#options.phrasesFolder, `${name}.wav`);
  }
}

const nameOf = ({ remote }: CallInfo): string => remote.displayName || remote.address.replace(/^sips?:/, '');
