// The side that waits: in SDP the one that is `passive`. RFC 6347 §4.2, RFC 5246 §7.3, RFC 4145 §4.
import { timingSafeEqual } from 'node:crypto';
import { err, ok } from '../../base/result.ts';
import { CIPHER_SUITES, CURVES, SRTP_PROFILES } from './cipher-suites.ts';
import {
  failed,
  Handshake,
  malformed,
  unexpected,
  type Flight,
  type HandshakeOptions,
  type StepResult,
} from './handshake.ts';
import { HANDSHAKE_TYPES, type HandshakeMessage } from './handshake-message.ts';
import { formatHelloVerifyRequest, formatServerHello, parseClientHello, type ClientHello } from './hello.ts';
import {
  EphemeralKey,
  formatCertificate,
  formatCertificateRequest,
  formatServerKeyExchange,
  isNoCertificate,
  isSignedBy,
  keyParameters,
  parseCertificate,
  parseClientKeyExchange,
  parseSignature,
  signed,
} from './key-exchange.ts';

type Awaited = 'clientHello' | 'certificate' | 'clientKeyExchange' | 'certificateVerify' | 'finished' | 'nothing';

const COOKIE_BYTES = 20;

export class ServerHandshake extends Handshake<Awaited> {
  readonly #cookie: Uint8Array;
  #isExtended = false;
  #own: EphemeralKey | undefined;

  constructor(options: HandshakeOptions) {
    super('server', options, 'clientHello');
    this.#cookie = options.randomBytes(COOKIE_BYTES);
  }

  start(): Flight {
    return [];
  }

  protected take(message: HandshakeMessage): StepResult {
    switch (message.type) {
      case HANDSHAKE_TYPES.clientHello:
        return this.#takeClientHello(message);
      case HANDSHAKE_TYPES.certificate:
        return this.#takeCertificateMessage(message);
      case HANDSHAKE_TYPES.clientKeyExchange:
        return this.#takeClientKeyExchange(message);
      case HANDSHAKE_TYPES.certificateVerify:
        return this.#takeCertificateVerify(message);
      case HANDSHAKE_TYPES.finished:
        return this.#takeClientFinished(message);
      default:
        return unexpected(message);
    }
  }

  #takeClientHello(message: HandshakeMessage): StepResult {
    if (this.awaited !== 'clientHello') return unexpected(message);
    const hello = parseClientHello(message.body);
    if (!hello) return malformed('ClientHello');
    // RFC 6347 §4.2.1: nobody is answered at length before he has shown that he hears at that address.
    const { cookie } = hello;
    if (cookie.length !== COOKIE_BYTES || !timingSafeEqual(cookie, this.#cookie)) {
      const asked = this.say(HANDSHAKE_TYPES.helloVerifyRequest, formatHelloVerifyRequest(this.#cookie));
      this.forgetMessages();
      return ok({ flight: [asked] });
    }
    return this.#answer(hello, message);
  }

  #answer(hello: ClientHello, message: HandshakeMessage): StepResult {
    const suite = CIPHER_SUITES.find(({ id, certificate }) => certificate === 'ecdsa' && hello.suites.includes(id));
    const profile = SRTP_PROFILES.find(({ id }) => hello.srtpProfiles.includes(id));
    // RFC 8422 §4: a client that names no curves takes any
    const curve = CURVES.find(({ id }) => hello.curves.length === 0 || hello.curves.includes(id));
    this.#own = curve && EphemeralKey.create(curve.id);
    if (!suite || !profile || !curve || !this.#own) {
      return failed('nothingInCommon', 'no way of encryption in common');
    }
    this.#isExtended = hello.hasExtendedMasterSecret;
    this.choose(suite, profile, hello.random);
    this.keep(message);
    const { hasExtendedMasterSecret, hasRenegotiationInfo } = hello;
    const { random } = this;
    const greeting = {
      random,
      suite: suite.id,
      srtpProfile: profile.id,
      hasExtendedMasterSecret,
      hasRenegotiationInfo,
    };
    const parameters = keyParameters(curve.id, this.#own.point);
    const { client, server } = this.randoms;
    const signature = signed(this.privateKey, Buffer.concat([client, server, parameters]));
    this.await('certificate');
    return ok({
      flight: [
        this.say(HANDSHAKE_TYPES.serverHello, formatServerHello(greeting)),
        this.say(HANDSHAKE_TYPES.certificate, formatCertificate(this.certificate)),
        this.say(HANDSHAKE_TYPES.serverKeyExchange, formatServerKeyExchange(parameters, signature)),
        // RFC 5763 §5: both sides show a certificate
        this.say(HANDSHAKE_TYPES.certificateRequest, formatCertificateRequest()),
        this.say(HANDSHAKE_TYPES.serverHelloDone, Buffer.alloc(0)),
      ],
    });
  }

  #takeCertificateMessage(message: HandshakeMessage): StepResult {
    if (this.awaited !== 'certificate') return unexpected(message);
    const certificate = parseCertificate(message.body);
    if (!certificate && !isNoCertificate(message.body)) return malformed('Certificate');
    if (!certificate) return failed('wrongCertificate', 'the other side shows no certificate');
    const taken = this.takeCertificate(certificate);
    return taken.ok ? this.await('clientKeyExchange', message) : err(taken.error);
  }

  #takeClientKeyExchange(message: HandshakeMessage): StepResult {
    const { suite } = this;
    if (this.awaited !== 'clientKeyExchange' || !suite) return unexpected(message);
    const point = parseClientKeyExchange(message.body);
    const shared = point && this.#own?.sharedWith(point);
    if (!shared) return malformed('ClientKeyExchange');
    this.keep(message);
    this.makeSecrets(suite, shared, this.#isExtended);
    return this.await('certificateVerify');
  }

  /** RFC 5246 §7.4.8: that the client has the key of the certificate which it shows. */
  #takeCertificateVerify(message: HandshakeMessage): StepResult {
    if (this.awaited !== 'certificateVerify' || !this.remoteKey) return unexpected(message);
    const signature = parseSignature(message.body);
    if (!signature) return malformed('CertificateVerify');
    if (!isSignedBy(this.remoteKey, this.transcript, signature)) {
      return failed('wrongProof', 'the handshake was not signed by the certificate');
    }
    return this.await('finished', message);
  }

  #takeClientFinished(message: HandshakeMessage): StepResult {
    if (this.awaited !== 'finished') return unexpected(message);
    const agreed = this.takeFinished(message);
    if (!agreed.ok) return agreed;
    this.await('nothing');
    return ok({ flight: ['changeCipherSpec', this.finished()], agreed: agreed.value });
  }
}
