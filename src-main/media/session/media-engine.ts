// What the rest of the phone may ask of the media island, as data and one interface. Knows neither SIP nor SDP.
import type { Result } from '../../base/result.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import type { TypedEmitter } from '../../base/typed-emitter.ts';
import type { SrtpSuite } from '../srtp/index.ts';
import type { SoundKey } from '../recording/index.ts';
import type { WindowMessage, WindowTold } from '../device/index.ts';
import type { MicrophoneEvent, VoiceSettings } from '../voice/index.ts';
import type {
  FoundPath,
  IceCandidate,
  PathLoss,
  PortPlace,
  RecordingConfig,
  RecordingSummary,
  SendSource,
  SessionConfig,
  SessionOpened,
  SessionStream,
  SoundFormat,
  ToneName,
  TurnAccount,
} from './session-config.ts';
import type { SessionStatistics } from './session-figures.ts';

export type { MicrophoneEvent, SoundKey, VoiceSettings, WindowMessage, WindowTold };

export type DeviceRole = 'microphone' | 'speaker' | 'ringer';

export interface AudioDevice {
  readonly name: string;
  readonly hostApi: string;
  readonly canCapture: boolean;
  readonly canPlay: boolean;
  readonly isDefaultCapture: boolean;
  readonly isDefaultPlayback: boolean;
}

/** Which sound this machine uses, and why when it is not the one asked for. */
export interface AudioStatus {
  readonly backend: 'portaudio' | 'webaudio' | 'null' | 'file';
  readonly reason: string;
  /** Chosen devices that are not there; the system's own stand in for them. */
  readonly missing?: readonly string[];
}

/** `portaudio` or `webaudio` with optional device names, `null`, or WAV files in the devices' place (`--audio`, CLI). */
export type AudioSpec = (
  | {
      readonly kind: 'portaudio';
      readonly captureName?: string | undefined;
      readonly playbackName?: string | undefined;
      /** Rings there instead of on the loudspeaker. */
      readonly ringerName?: string | undefined;
      readonly isFallbackAllowed: boolean;
      /** How long the devices may take for their first sound; 750 ms otherwise. */
      readonly startLimitMs?: number | undefined;
    }
  | {
      /** The sound of a window (WebAudio), while there is one. */
      readonly kind: 'webaudio';
      readonly captureName?: string | undefined;
      readonly playbackName?: string | undefined;
      readonly ringerName?: string | undefined;
    }
  /** `reason`: why there is none, where nobody asked for silence. */
  | { readonly kind: 'null'; readonly reason?: string }
  | { readonly kind: 'file'; readonly captureFile?: string; readonly playbackFile?: string }
) & {
  /** What is done to the microphone's sound; by default everything to a device's, nothing to a file's. */
  readonly voice?: VoiceSettings;
};

export type MediaFailureKind =
  | 'noFreePort'
  | 'noSuchSession'
  | 'noSuchFile'
  | 'badFile'
  /** It is sealed, and its key is not here. */
  | 'locked'
  | 'cannotWrite'
  | 'notNegotiated'
  | 'deviceFailed'
  | 'engineLost'
  | 'invalid';

export interface MediaFailure {
  readonly kind: MediaFailureKind;
  readonly message: string;
}

export interface MediaEvents {
  /** At most 20 a second and session; levels in dBov (0 is full scale, -100 silence). */
  readonly levels: { readonly sessionId: string; readonly sentDbov: number; readonly receivedDbov: number };
  /** Once a second and session. */
  readonly statistics: { readonly sessionId: string; readonly statistics: SessionStatistics };
  /** A digit the peer sent, once a press. RFC 4733 */
  readonly digitReceived: { readonly sessionId: string; readonly digit: string };
  /** What a speaker should know: he talks while muted (at most every 5 s), his microphone delivers nothing, or again something. */
  readonly microphone: { readonly sessionId: string; readonly event: MicrophoneEvent };
  /** A handshake has brought keys, for this suite. RFC 5764 §4.2 */
  readonly encryptionAgreed: { readonly sessionId: string; readonly suite: SrtpSuite };
  /** A handshake has failed: nothing is sent and nothing heard. */
  readonly encryptionFailed: { readonly sessionId: string; readonly message: string };
  /** A way is found, or a better one than before. RFC 8445 §8.1.2 */
  readonly pathFound: FoundPath & { readonly sessionId: string };
  /** Nothing is sent any more on the way that was found, and another is to be looked for. */
  readonly pathLost: { readonly sessionId: string; readonly reason: PathLoss };
  /** The first packet of the peer has arrived. */
  readonly mediaStarted: { readonly sessionId: string };
  /** A `file` source that is not looped has been sent whole. */
  readonly sourceEnded: { readonly sessionId: string };
  /** `playFile` has read this file, which is heard from now on. */
  readonly fileStarted: { readonly file: string };
  /** What `playFile` plays has left out a pause, and goes on there. */
  readonly fileJumped: { readonly positionMs: number };
  readonly recordingEnded: { readonly sessionId: string; readonly recording: RecordingSummary };
  /** Sound moved to another back end or device. */
  readonly audioChanged: AudioStatus;
  /** The media process died and is back; sessions that were live were opened again with the same SSRC and ports. */
  readonly restarted: { readonly reason: string };
  /** For the window that lends its sound. */
  readonly window: WindowMessage;
}

/** How a file is played. */
export interface PlayOptions {
  readonly fromMs?: number;
  /** With the pitch kept: 1 as it was, 0.5 to 3. */
  readonly speed?: number;
  /** Pauses are left out. */
  readonly skipsSilence?: boolean;
}

type Outcome<T = void> = Promise<Result<T, MediaFailure>>;

/** The servers of an account that help to find a way: `stun:name:port`, `turn:name:port?transport=tcp`. RFC 7064, RFC 7065 */
export interface IceServers {
  readonly stun?: string;
  readonly turn?: TurnAccount;
}

/** The one door to sound. Every call is answered; a lost media process answers `engineLost`. */
export interface MediaEngine {
  readonly events: TypedEmitter<MediaEvents>;
  /** Binds ports ahead of a call, so that it need not wait for them. */
  reservePorts(place: PortPlace): Outcome<SocketAddress>;
  /** Binds the sockets, so that the offer can name the port. Nothing is sent before setStream. */
  openSession(config: SessionConfig): Outcome<SessionOpened>;
  /** Opens the sockets anew at another address of this machine; what is sent goes on from there as the same stream. */
  moveSession(sessionId: string, localAddress: string): Outcome<SessionOpened>;
  /** Where else the session can be reached: what the servers tell within half a second, a relay within one and a half. RFC 8445 §5.1.1.2 */
  findCandidates(sessionId: string, servers: IceServers): Outcome<readonly IceCandidate[]>;
  setStream(sessionId: string, stream: SessionStream): Outcome;
  setSource(sessionId: string, source: SendSource): Outcome;
  setMuted(sessionId: string, isMuted: boolean): Outcome;
  /** How loud the peer is here: 1 as he comes, 0 silent, at most 2. Others of a conference hear him as before. */
  setVolume(sessionId: string, volume: number): Outcome;
  setPlaysToDevice(sessionId: string, playsToDevice: boolean): Outcome;
  /** A test line's bad network: share of sent packets to drop, 0 to 1. */
  setSendLoss(sessionId: string, lossFraction: number): Outcome;
  /** Resolves when the last digit was sent; `,` waits 500 ms. RFC 4733 */
  sendDigits(sessionId: string, digits: string): Outcome;
  startRecording(sessionId: string, config: RecordingConfig): Outcome;
  /** From now on neither its limit nor silence ends what is being recorded. */
  loosenRecording(sessionId: string): Outcome;
  stopRecording(sessionId: string): Outcome<RecordingSummary>;
  getStatistics(sessionId: string): Outcome<SessionStatistics>;
  closeSession(sessionId: string): Outcome<SessionStatistics>;
  /** A tone on the loudspeaker or ringer until stopped; another call replaces it. */
  playTone(role: 'speaker' | 'ringer', tone: ToneName): Outcome;
  stopTone(role: 'speaker' | 'ringer'): Outcome;
  /** A WAV on the loudspeaker: messages, previews. Resolves when it is over or stopped. */
  playFile(file: string, options?: PlayOptions): Outcome;
  stopFile(): Outcome;
  /** Copies a WAV into another format; an older `file` is replaced. */
  exportFile(wav: string, file: string, format: SoundFormat): Outcome;
  /** A hundred peaks of a WAV over its time, 100 for the loudest; none when there is no sound. */
  measureFile(file: string): Outcome<readonly number[]>;
  /** By which sealed recordings are read; the first one is that by which they are written. */
  setSoundKeys(keys: readonly SoundKey[]): Outcome;
  listDevices(): Outcome<readonly AudioDevice[]>;
  selectDevice(role: DeviceRole, name: string): Outcome;
  /** The sound driver (and the window where there is none), or the window; not where files or silence were asked for. */
  selectBackend(backend: 'portaudio' | 'webaudio'): Outcome;
  getAudioStatus(): Outcome<AudioStatus>;
  /** Mixes these sessions with each other and with the local microphone; an empty list ends it. */
  setConference(sessionIds: readonly string[]): Outcome;
  /** What the window that lends its sound tells, its sound among it. Has no answer. */
  takeFromWindow(told: WindowTold): void;
  close(): Promise<void>;
}
