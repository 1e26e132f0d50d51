// What goes out and comes in protected: by keys of the exchange, by those of a handshake, or not at all. RFC 5763 §5, RFC 5764 §5.1.
import type { Runtime } from '../../base/runtime.ts';
import { DtlsEndpoint, type AgreedSrtp } from '../dtls/index.ts';
import type { DtlsAssociation, SessionResume, SessionStream, StreamDtls } from './session-config.ts';
import type { PacketWay } from './session-sockets.ts';
import { SrtpPath } from './srtp-path.ts';

export interface SecurePathOptions {
  readonly runtime: Runtime;
  /** Where a lost process stood. */
  readonly resume: SessionResume | undefined;
  readonly sockets: () => PacketWay | undefined;
  readonly onAgreed: (agreed: AgreedSrtp) => void;
  readonly onFailed: (message: string) => void;
}

const ignoreSent = (): void => {};

interface EarlyDatagram {
  readonly bytes: Uint8Array;
  readonly onTaken: (() => void) | undefined;
}

export class SecurePath {
  readonly #options: SecurePathOptions;
  readonly #srtp: SrtpPath;
  #association: DtlsAssociation | undefined;
  #endpoint: DtlsEndpoint | undefined;
  /** Keys of a handshake are awaited: until then nothing goes out and nothing is believed. */
  #isWaiting = false;
  /** The last datagram of a handshake that came before the exchange said with whom. */
  #early: EarlyDatagram | undefined;

  constructor(options: SecurePathOptions) {
    this.#options = options;
    this.#srtp = new SrtpPath(options.resume?.srtp);
    this.#association = options.resume?.dtls;
  }

  get isOn(): boolean {
    return this.#srtp.isOn;
  }

  get failures(): SrtpPath['failures'] {
    return this.#srtp.failures;
  }

  /** What another process would need to go on. */
  get position(): Pick<SessionResume, 'srtp' | 'dtls'> {
    const { position: srtp } = this.#srtp;
    const dtls = this.#association;
    return { ...(srtp && { srtp }), ...(srtp && dtls && { dtls }) };
  }

  /** Takes over an exchange; where it begins a handshake, the sockets have to know the peer already. */
  setStream({ srtp, dtls }: SessionStream): void {
    if (dtls) return this.#shakeHands(dtls);
    this.#endAssociation();
    this.#srtp.setKeys(srtp);
  }

  sendRtp(packet: Uint8Array, onSent: () => void): void {
    if (this.#isWaiting) onSent();
    else this.#srtp.sendRtp(packet, onSent, this.#options.sockets());
  }

  sendRtcp(report: Uint8Array): void {
    if (!this.#isWaiting) this.#srtp.sendRtcp(report, this.#options.sockets());
  }

  /** The packet as it was before it was protected; undefined when it is to be dropped. */
  receiveRtp(bytes: Uint8Array): Uint8Array | undefined {
    return this.#isWaiting ? undefined : this.#srtp.receiveRtp(bytes);
  }

  receiveRtcp(bytes: Uint8Array): Uint8Array | undefined {
    return this.#isWaiting ? undefined : this.#srtp.receiveRtcp(bytes);
  }

  /** `onTaken`: it looks like the peer's, and is about to be answered. */
  receiveDtls(bytes: Uint8Array, onTaken?: () => void): void {
    if (this.#endpoint) this.#endpoint.receive(bytes, onTaken);
    else this.#early = { bytes: Uint8Array.from(bytes), onTaken };
  }

  close(): void {
    this.#endAssociation();
  }

  /** RFC 5763 §6.6: an association lasts as long as both certificates do. */
  #shakeHands(dtls: StreamDtls): void {
    const key = associationKey(dtls);
    if (this.#association?.key === key) {
      if (!this.#endpoint) this.#srtp.setKeys(this.#association.agreed);
      return;
    }
    this.#endAssociation();
    this.#isWaiting = true;
    const { runtime, onFailed } = this.#options;
    this.#endpoint = new DtlsEndpoint({
      runtime,
      role: dtls.role,
      identity: dtls.identity,
      remoteFingerprints: dtls.remoteFingerprints,
      // RFC 5764 §5.1: by the port and to the address of the sound.
      send: (datagram) => this.#options.sockets()?.sendRtp(datagram, ignoreSent),
      onAgreed: (agreed) => this.#agree({ key, agreed }),
      onFailed: ({ message }) => onFailed(message),
    });
    this.#association = { key };
    this.#endpoint.start();
    const early = this.#early;
    this.#early = undefined;
    if (early) this.#endpoint.receive(early.bytes, early.onTaken);
  }

  #agree(association: Required<DtlsAssociation>): void {
    this.#association = association;
    this.#isWaiting = false;
    this.#srtp.setKeys(association.agreed);
    this.#options.onAgreed(association.agreed);
  }

  #endAssociation(): void {
    this.#endpoint?.close();
    this.#endpoint = undefined;
    this.#association = undefined;
    this.#isWaiting = false;
  }
}

const associationKey = ({ identity, remoteFingerprints }: StreamDtls): string =>
  [identity.fingerprint, ...remoteFingerprints.map(({ hash, digits }) => `${hash} ${digits}`)].join(' ');
