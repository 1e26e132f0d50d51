// What the rest of the phone may ask of the media island, as data and one interface. Knows neither SIP nor SDP.
import type { Result } from '../../base/result.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import type { TypedEmitter } from '../../base/typed-emitter.ts';
import type {
  CandidateKind,
  IceCandidate,
  IceCredentials,
  IceRemote,
  RelayTrust,
  TurnCredentials,
} from '../nat/index.ts';
import type { AgreedSrtp, DtlsIdentity, DtlsRole, RemoteFingerprint } from '../dtls/index.ts';
import type { ReceivedPosition, SentPosition, SrtpSuite } from '../srtp/index.ts';
import type { WindowMessage, WindowTold } from '../device/index.ts';
import type { MicrophoneEvent, VoiceSettings } from '../voice/index.ts';

export type { MicrophoneEvent, VoiceSettings, WindowMessage, WindowTold };

export type CodecName = 'opus' | 'G722' | 'PCMA' | 'PCMU' | 'L16';

/** One negotiated codec. `clockRateHz` is the RTP clock (G.722 says 8000, RFC 3551 §4.5.2). */
export interface CodecConfig {
  readonly name: CodecName;
  /** What we send; what we receive too, unless the next says otherwise. */
  readonly payloadType: number;
  /** Differs where the peer answered our offer with numbers of its own. RFC 3264 §5.1 */
  readonly receivePayloadType?: number;
  readonly clockRateHz: number;
  readonly packetMs: number;
  /** The longest packet that the peer has said to take. RFC 8866 §6.5 */
  readonly maxPacketMs?: number;
  /** Opus: nothing is sent while nobody speaks, although the peer has not asked for it. RFC 7587 §3.1.3 */
  readonly usesDtx?: boolean;
  /** Format parameters the peer gave (`useinbandfec` → `1`), to shape what is sent. */
  readonly remoteParameters: Readonly<Record<string, string>>;
}

/** `sendReceive` is a call; the others are what hold and one-way media are made of. */
export type MediaDirection = 'sendReceive' | 'sendOnly' | 'receiveOnly' | 'inactive';

export type ToneName = 'ringBack' | 'busy' | 'congestion' | 'ring' | 'beep' | 'milliwatt' | 'music';

/** What a session sends. `echo` returns what was received, after the jitter buffer; `loss` drops that share of packets (0 to 1). */
export type SendSource =
  | { readonly kind: 'device' }
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly isLooped: boolean;
      /** The peer hears the microphone as well, and alone when the file is over. */
      readonly mixesMicrophone?: boolean;
    }
  | { readonly kind: 'tone'; readonly tone: ToneName }
  | { readonly kind: 'echo' }
  | { readonly kind: 'silence' };

/** Local address to bind RTP and RTCP to, and the even ports to choose from. */
export interface PortPlace {
  readonly localAddress: string;
  readonly portRange: readonly [first: number, last: number];
}

/** How patient the receive side is. */
export interface JitterConfig {
  readonly minimumMs?: number;
  readonly maximumMs?: number;
  /** 95 to 99 percent of the packets are to be in time. */
  readonly percentile?: number;
}

/** How the peer is looked for. RFC 8445 */
export interface StreamIce {
  /** What we have told the peer. */
  readonly local: IceCredentials;
  readonly remote: IceRemote;
  readonly isControlling: boolean;
}

/** The peer no longer answers (RFC 7675 §5.1), or it does not know our place at the relay, which is another one now. */
export type PathLoss = 'noConsent' | 'relayLost';

/** Where a search has ended, and by which names of both sides it went. RFC 8839 §4.4.1.2.2 */
export interface FoundPath {
  readonly localUfrag: string;
  readonly remoteUfrag: string;
  readonly isControlling: boolean;
  /** Of each component: our end as the peer sees it, and the peer's. */
  readonly pairs: readonly { readonly local: IceCandidate; readonly remote: SocketAddress }[];
}

export type { IceCandidate, IceCredentials, IceRemote, RelayTrust };

/** Which way sound goes, and how both ends of it are seen. RFC 8445 §5.1.1.1 */
export interface IceFigures {
  readonly state: 'waiting' | 'checking' | 'completed' | 'failed';
  readonly localKind?: CandidateKind;
  readonly remoteKind?: CandidateKind;
}

export interface SessionConfig extends PortPlace {
  /** RTCP canonical name. RFC 3550 §6.5.1 */
  readonly cname: string;
  readonly source: SendSource;
  /** Whether what is received goes to the loudspeaker. */
  readonly playsToDevice: boolean;
  /** Checks of the peer are answered from the beginning; without it there are none. RFC 8445 §5.3 */
  readonly ice?: IceCredentials;
  /** Bounds of the jitter buffer and the share of packets it waits for; 20 to 400 ms and 97 percent otherwise. */
  readonly jitter?: JitterConfig;
  /** On ports that were reserved, or where a lost media process stopped; given by the supervision only. */
  readonly resume?: SessionResume;
}

/** Which session it is, and what it needs to go on unnoticed by the peer after its process was lost. */
export interface SessionResume {
  readonly sessionId: string;
  readonly rtpPort: number;
  /** Where the outgoing stream goes on; missing when nothing was sent yet. */
  readonly position?: SendPosition;
  /** How far the numbers of protected packets have come; missing when nothing is protected. */
  readonly srtp?: SrtpPosition;
  /** The keys of a handshake that is over; missing when there was none. */
  readonly dtls?: DtlsAssociation;
}

/** Between which certificates, and what came of it; without `agreed` the handshake goes on. */
export interface DtlsAssociation {
  readonly key: string;
  readonly agreed?: AgreedSrtp;
}

/** The next packet under the same keys must be none that was before. RFC 3711 §3.3.1 */
export interface SrtpPosition {
  readonly sent: SentPosition;
  readonly received: readonly ReceivedPosition[];
}

/** The keys of an exchange, in base64: master key and salt of what we send and of what we receive. RFC 4568 §6.1 */
export interface StreamSrtp {
  readonly suite: SrtpSuite;
  readonly localKey: string;
  readonly remoteKey: string;
  readonly remoteMki?: string;
}

/** Keys come from a handshake on the media path; until then nothing is sent. RFC 5763 §5 */
export interface StreamDtls {
  readonly role: DtlsRole;
  readonly identity: DtlsIdentity;
  /** The peer's certificate is one of these. RFC 8122 §5 */
  readonly remoteFingerprints: readonly RemoteFingerprint[];
}

/** The next packet of a stream. */
export interface SendPosition {
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
}

export interface SessionOpened {
  readonly sessionId: string;
  readonly rtp: SocketAddress;
  readonly rtcp: SocketAddress;
}

/** The outcome of an offer/answer exchange; sent again after each one. */
export interface SessionStream {
  readonly remoteRtp: SocketAddress;
  readonly remoteRtcp: SocketAddress;
  readonly direction: MediaDirection;
  /** The codec we send, first, then the others that may arrive. */
  readonly codecs: readonly [CodecConfig, ...CodecConfig[]];
  /** RFC 3389 §5: the payload type of comfort noise in each direction, when negotiated. */
  readonly comfortNoisePayloadType?: number;
  /** While nobody speaks here nothing is sent but a description of the background, where the peer understands one. */
  readonly silenceSuppression?: boolean;
  /** RFC 4733 payload type and clock in each direction, when negotiated. */
  readonly telephoneEvent?: { readonly payloadType: number; readonly clockRateHz: number };
  /** Which extended reports the peer wants; none without it. RFC 3611 §5 */
  readonly extendedReports?: { readonly voipMetrics: boolean; readonly roundTrip: boolean };
  /** Packets are protected with these keys, both ways; without them they go as they are. RFC 3711 */
  readonly srtp?: StreamSrtp;
  /** In place of `srtp`. */
  readonly dtls?: StreamDtls;
  /** Before a way is found nothing is sent; without it sound goes to `remoteRtp`, or where the peer's comes from. */
  readonly ice?: StreamIce;
}

export interface RecordingConfig {
  readonly file: string;
  /** `both`: 2 channels, left sent and right received, 48 kHz. `received`: 1 channel. */
  readonly tracks: 'both' | 'received';
  /** WAV, or Opus in Ogg (RFC 7845 §3); WAV otherwise. */
  readonly format?: 'wav' | 'ogg';
  /** A tone that both sides hear: once, or every 15 seconds. */
  readonly beep?: 'start' | 'repeated';
  readonly limitSec?: number;
  /** Ends after this much silence on the receive side. */
  readonly endOnSilenceSec?: number;
}

export type RecordingEnd = 'stopped' | 'silence' | 'limit' | 'sessionClosed' | 'writeFailed';

export interface RecordingSummary {
  readonly file: string;
  readonly durationMs: number;
  /** How much of it was not silence on the receive side. */
  readonly activeMs: number;
  readonly end: RecordingEnd;
}

/** Packets that were lost or came too late, as shares from 0 to 1: of all, within bursts and between them. RFC 3611 §4.7.1, §4.7.2 */
export interface LossFigures {
  readonly lossFraction: number;
  readonly discardFraction: number;
  readonly burstLossFraction: number;
  readonly gapLossFraction: number;
  /** How long a burst, and what lies between two, lasts on average. */
  readonly burstMs: number;
  readonly gapMs: number;
}

/** Where a stream comes from and goes to. */
export interface StreamPlace {
  readonly local: SocketAddress;
  readonly localSsrc: number;
  readonly remote: SocketAddress;
  /** Absent before the first packet. */
  readonly remoteSsrc?: number;
  readonly payloadType: number;
  readonly packetMs: number;
}

/** How the peer hears us, by its own account. RFC 3611 §4.7 */
export interface RemoteQuality extends LossFigures {
  readonly endSystemMs: number;
  readonly bufferTargetMs: number;
  readonly rFactor?: number;
  readonly mosListening?: number;
  readonly mos?: number;
}

export interface SessionStatistics {
  readonly sentPackets: number;
  readonly receivedPackets: number;
  /** A peer that has nothing to say still reports. RFC 3550 §6.4 */
  readonly receivedReports: number;
  readonly lostPackets: number;
  readonly latePackets: number;
  readonly duplicatePackets: number;
  readonly reorderedPackets: number;
  /** Sound that was invented; silence that the peer did not send is none of it. */
  readonly concealedMs: number;
  /** By how much sound was made longer and shorter, so that the delay follows the line. */
  readonly grownMs: number;
  readonly shrunkMs: number;
  readonly jitterMs: number;
  readonly bufferMs: number;
  /** How long packets should wait on this line. */
  readonly bufferTargetMs: number;
  readonly roundTripMs?: number;
  /** Loss the peer reports of what we send, 0 to 1. */
  readonly remoteLossFraction?: number;
  /** Present where packets are protected: how many were dropped because they were not the peer's, or came again. */
  readonly srtp?: { readonly unauthenticatedPackets: number; readonly replayedPackets: number };
  /** Present where a way is looked for. */
  readonly ice?: IceFigures;
  readonly losses: LossFigures;
  /** Between which ends, and in what form; absent before the first exchange. */
  readonly place?: StreamPlace;
  /** What we add to the delay: packet, buffer and devices. RFC 3611 §4.7.3 */
  readonly endSystemMs: number;
  /** Quality of a conversation by the E-model (ITU-T G.107), 1 to 4.5; of listening alone; and the R factor, 0 to 100. */
  readonly mos: number;
  readonly mosListening: number;
  readonly rFactor: number;
  /** Present when the peer has told. */
  readonly remoteQuality?: RemoteQuality;
}

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
  | { readonly kind: 'null' }
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
  readonly recordingEnded: { readonly sessionId: string; readonly recording: RecordingSummary };
  /** Sound moved to another back end or device. */
  readonly audioChanged: AudioStatus;
  /** The media process died and is back; sessions that were live were opened again with the same SSRC and ports. */
  readonly restarted: { readonly reason: string };
  /** For the window that lends its sound. */
  readonly window: WindowMessage;
}

type Outcome<T = void> = Promise<Result<T, MediaFailure>>;

/** The servers of an account that help to find a way: `stun:name:port`, `turn:name:port?transport=tcp`. RFC 7064, RFC 7065 */
export interface IceServers {
  readonly stun?: string;
  /** `trust` is of use where the relay is reached by TLS; without it every program's authorities are believed, and no others. */
  readonly turn?: TurnCredentials & { readonly server: string; readonly trust?: RelayTrust };
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
  stopRecording(sessionId: string): Outcome<RecordingSummary>;
  getStatistics(sessionId: string): Outcome<SessionStatistics>;
  closeSession(sessionId: string): Outcome<SessionStatistics>;
  /** A tone on the loudspeaker or ringer until stopped; another call replaces it. */
  playTone(role: 'speaker' | 'ringer', tone: ToneName): Outcome;
  stopTone(role: 'speaker' | 'ringer'): Outcome;
  /** A WAV on the loudspeaker: messages, previews. Resolves when it is over or stopped; `fromMs` seeks. */
  playFile(file: string, fromMs?: number): Outcome;
  stopFile(): Outcome;
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
