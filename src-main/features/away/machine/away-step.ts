// What the answering machine of one call is told and does: its phases, inputs and actions.
export type AwayPhase =
  | 'waiting'
  /** Nobody knows the caller: he is asked who he is, says it, and the user's phone rings with it. */
  | 'askingName'
  | 'hearingName'
  | 'announcing'
  /** He said nothing, and is sent away. */
  | 'dismissing'
  /** The caller hears the greeting and the call is not answered yet, so that he pays for nothing. */
  | 'greetingEarly'
  | 'greeting'
  /** The caller is told that what he says is recorded. */
  | 'noticing'
  /** The caller hears what he can press, or is about to. */
  | 'choosing'
  /** The caller is told that he will be called back. */
  | 'notingCallBack'
  /** The caller gives the PIN that lets him ring through. */
  | 'askingPin'
  /** The user's phone rings, though he is away; the caller hears the tone of it. */
  | 'ringingThrough'
  | 'beeping'
  | 'recording'
  /** The user has the caller told something in his place; what the caller says meanwhile is still recorded. */
  | 'replying'
  | 'apologising'
  /** The user speaks to the caller, and the recording goes on. */
  | 'talking'
  /** The owner hears his messages from afar. */
  | 'remote'
  | 'finished';

export interface AwayState {
  readonly phase: AwayPhase;
}

export interface AwayPlan {
  readonly hasGreeting: boolean;
  readonly hasNotice: boolean;
  readonly hasBeep: boolean;
  /** The greeting comes before the answer. */
  readonly greetsEarly: boolean;
  /** Whether `#` during the greeting asks for the owner's PIN. */
  readonly hasRemoteAccess: boolean;
  /** Whether a recording goes on when the user picks up. */
  readonly recordsOn: boolean;
  /** The caller is asked who he is before anything else. */
  readonly asksName: boolean;
  /** After the greeting the caller may choose: 1 a message, 2 to be called back. */
  readonly hasMenu: boolean;
  /** The caller's address is known. */
  readonly canCallBack: boolean;
  /** Whether `0` asks for the PIN to ring through. */
  readonly mayRingThrough: boolean;
}

export type AwayInput =
  | { readonly kind: 'callRings' }
  | { readonly kind: 'waitOver' }
  | { readonly kind: 'answerFailed' }
  /** Nothing can be sent before the answer. */
  | { readonly kind: 'earlyFailed' }
  /** The greeting, a reply or the apology was said. */
  | { readonly kind: 'soundEnded' }
  | { readonly kind: 'beepEnded' }
  /** The caller pressed `*`: he knows the greeting. */
  | { readonly kind: 'skipPressed' }
  /** The caller pressed `#`: he has said all, or he is the owner and wants to hear his messages. */
  | { readonly kind: 'endPressed' }
  | { readonly kind: 'onePressed' }
  | { readonly kind: 'twoPressed' }
  | { readonly kind: 'zeroPressed' }
  /** Nothing was pressed for as long as one waits for it. */
  | { readonly kind: 'keysOver' }
  | { readonly kind: 'pinRight' }
  | { readonly kind: 'pinWrong' }
  /** There were too many wrong ones. */
  | { readonly kind: 'pinLocked' }
  /** Nobody has taken a call that rings through. */
  | { readonly kind: 'ringOver' }
  | { readonly kind: 'nameHeard' }
  /** He said nothing when he was asked. */
  | { readonly kind: 'nameMissing' }
  /** The user leaves who rings through to the machine. */
  | { readonly kind: 'leftToMachine' }
  /** Silence or the limit: the machine has what it can get. */
  | { readonly kind: 'recordingEnded' }
  /** The disk is full, or the folder cannot be written. */
  | { readonly kind: 'recordingFailed' }
  | { readonly kind: 'replyChosen' }
  /** The user takes the call from the machine. */
  | { readonly kind: 'pickedUp' }
  /** A person took the call before the machine did, or elsewhere. */
  | { readonly kind: 'callTaken' }
  | { readonly kind: 'callEnded' };

export type AwayAction =
  | 'startWait'
  | 'stopWait'
  | 'answer'
  /** With the greeting as the first thing that is heard. */
  | 'answerAndGreet'
  | 'answerAndAskName'
  | 'answerInPerson'
  | 'playGreeting'
  | 'hearName'
  | 'stopName'
  | 'playPleaseWait'
  | 'playNotTaken'
  | 'playEarlyGreeting'
  | 'playNotice'
  | 'playBeep'
  | 'playReply'
  | 'playApology'
  | 'startRecording'
  | 'saveRecording'
  /** From now on neither silence nor the limit ends it. */
  | 'loosenRecording'
  | 'connect'
  | 'startRemoteAccess'
  | 'playMenu'
  /** A timer until `keysOver`. */
  | 'waitForKeys'
  | 'keepCallBack'
  | 'playCallBackNoted'
  | 'askPin'
  | 'askPinAgain'
  | 'ringThrough'
  | 'stopRinging'
  | 'hangUp';

export interface AwayStep {
  readonly state: AwayState;
  readonly actions: readonly AwayAction[];
}

export const go = (phase: AwayPhase, ...actions: readonly AwayAction[]): AwayStep => ({ state: { phase }, actions });

/** The same step with something to do before it. */
export const after = (first: readonly AwayAction[], { state, actions }: AwayStep): AwayStep => ({
  state,
  actions: [...first, ...actions],
});
