// What a session is told: where it is, what it sends and hears, and what an exchange has agreed on.
import type { IceCandidate, IceCredentials, IceRemote, KeptPlace, RelayTrust, TurnCredentials } from '../nat/index.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import type { AgreedSrtp, DtlsIdentity, DtlsRole, RemoteFingerprint } from '../dtls/index.ts';
import type { ReceivedPosition, SentPosition, SrtpSuite } from '../srtp/index.ts';

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

/** `trust` is of use where the relay is reached by TLS; without it every program's authorities are believed, and no others. */
export type TurnAccount = TurnCredentials & { readonly server: string; readonly trust?: RelayTrust };

export type { IceCandidate, IceCredentials, IceRemote, KeptPlace, RelayTrust };

export interface SessionConfig extends PortPlace {
  /** RTCP canonical name. RFC 3550 §6.5.1 */
  readonly cname: string;
  readonly source: SendSource;
  /** Whether what is received goes to the loudspeaker. */
  readonly playsToDevice: boolean;
  /** Checks of the peer are answered from the beginning; without it there are none. RFC 8445 §5.3 */
  readonly ice?: IceCredentials;
  /** Bounds of the jitter buffer and the share of packets it waits for; 10 to 400 ms and 97 percent otherwise. */
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
  /** The places at a relay that go on to be ours; missing when there are none. */
  readonly relay?: KeptRelay;
  /** The way that sound took; missing when none was found. */
  readonly way?: FoundPath['pairs'];
}

/** Places at a relay that outlive the process that asked for them, and who we are there. RFC 8656 §3.2 */
export interface KeptRelay {
  readonly account: TurnAccount;
  readonly places: readonly KeptPlace[];
}

/** What a session has at a relay now. */
export interface KeptPlaces {
  readonly sessionId: string;
  readonly places: readonly KeptPlace[];
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

/** What a recording can be copied into. */
export type SoundFormat = 'wav' | 'mp3' | 'ogg';

export interface RecordingConfig {
  readonly file: string;
  /** `both`: 2 channels, left sent and right received, 48 kHz. `received`: 1 channel. `mixed`: 1 channel of what is sent and received. */
  readonly tracks: 'both' | 'received' | 'mixed';
  /** WAV, or Opus in Ogg (RFC 7845 §3); WAV otherwise. */
  readonly format?: 'wav' | 'ogg';
  /** Under the first key of `setSoundKeys`; WAV only. */
  readonly isSealed?: boolean;
  /** A tone that both sides hear: once, or every 15 seconds. */
  readonly beep?: 'start' | 'repeated';
  readonly limitSec?: number;
  /** Ends after this much silence on the receive side. */
  readonly endOnSilenceSec?: number;
  /** Ends when a fax or a modem calls. */
  readonly endsOnCallingTone?: boolean;
}

export type RecordingEnd = 'stopped' | 'silence' | 'callingTone' | 'limit' | 'sessionClosed' | 'writeFailed';

export interface RecordingSummary {
  readonly file: string;
  readonly durationMs: number;
  /** How much of it was not silence on the receive side. */
  readonly activeMs: number;
  readonly end: RecordingEnd;
}
