// The side that begins: in SDP the one that is `active`. RFC 6347 §4.2, RFC 5246 §7.3, RFC 4145 §4.
import { err, ok } from '../../base/result.ts';
import { CIPHER_SUITES } from './cipher-suites.ts';
import {
  failed,
  Handshake,
  malformed,
  profileOf,
  unexpected,
  type Flight,
  type HandshakeOptions,
  type StepResult,
} from './handshake.ts';
import { HANDSHAKE_TYPES, type HandshakeMessage } from './handshake-message.ts';
import { formatClientHello, parseHelloVerifyRequest, parseServerHello } from './hello.ts';
import {
  EphemeralKey,
  formatCertificate,
  formatClientKeyExchange,
  formatSignature,
  isCertificateRequest,
  isSignedBy,
  parseCertificate,
  parseServerKeyExchange,
  signed,
} from './key-exchange.ts';

type Awaited =
  | 'serverHello'
  | 'certificate'
  | 'serverKeyExchange'
  | 'certificateRequestOrDone'
  | 'serverHelloDone'
  | 'finished'
  | 'nothing';

export class ClientHandshake extends Handshake<Awaited> {
  #hasCookie = false;
  #isExtended = false;
  #isCertificateWanted = false;
  #own: EphemeralKey | undefined;
  #shared: Buffer | undefined;

  constructor(options: HandshakeOptions) {
    super('client', options, 'serverHello');
  }

  start(): Flight {
    return [this.say(HANDSHAKE_TYPES.clientHello, formatClientHello(this.random, Buffer.alloc(0)))];
  }

  protected take(message: HandshakeMessage): StepResult {
    switch (message.type) {
      case HANDSHAKE_TYPES.helloVerifyRequest:
        return this.#takeHelloVerifyRequest(message);
      case HANDSHAKE_TYPES.serverHello:
        return this.#takeServerHello(message);
      case HANDSHAKE_TYPES.certificate:
        return this.#takeCertificateMessage(message);
      case HANDSHAKE_TYPES.serverKeyExchange:
        return this.#takeServerKeyExchange(message);
      case HANDSHAKE_TYPES.certificateRequest:
        return this.#takeCertificateRequest(message);
      case HANDSHAKE_TYPES.serverHelloDone:
        return this.#takeServerHelloDone(message);
      case HANDSHAKE_TYPES.finished:
        return this.#takeServerFinished(message);
      default:
        return unexpected(message);
    }
  }

  /** RFC 6347 §4.2.1: said again with the cookie, once. */
  #takeHelloVerifyRequest(message: HandshakeMessage): StepResult {
    const cookie = parseHelloVerifyRequest(message.body);
    if (this.awaited !== 'serverHello' || this.#hasCookie) return unexpected(message);
    if (!cookie) return malformed('HelloVerifyRequest');
    this.#hasCookie = true;
    this.forgetMessages();
    return ok({ flight: [this.say(HANDSHAKE_TYPES.clientHello, formatClientHello(this.random, cookie))] });
  }

  #takeServerHello(message: HandshakeMessage): StepResult {
    if (this.awaited !== 'serverHello') return unexpected(message);
    const hello = parseServerHello(message.body);
    if (!hello) return malformed('ServerHello');
    const suite = CIPHER_SUITES.find(({ id }) => id === hello.suite);
    const profile = profileOf(hello.srtpProfile);
    if (!suite || !profile) return failed('nothingInCommon', 'no way of encryption in common');
    this.#isExtended = hello.hasExtendedMasterSecret;
    this.choose(suite, profile, hello.random);
    return this.await('certificate', message);
  }

  #takeCertificateMessage(message: HandshakeMessage): StepResult {
    if (this.awaited !== 'certificate') return unexpected(message);
    const certificate = parseCertificate(message.body);
    if (!certificate) return malformed('Certificate');
    const taken = this.takeCertificate(certificate);
    return taken.ok ? this.await('serverKeyExchange', message) : err(taken.error);
  }

  /** RFC 8422 §5.4: the fresh key is signed, together with both randoms, by the key of the certificate. */
  #takeServerKeyExchange(message: HandshakeMessage): StepResult {
    if (this.awaited !== 'serverKeyExchange' || !this.remoteKey) return unexpected(message);
    const exchange = parseServerKeyExchange(message.body);
    if (!exchange) return malformed('ServerKeyExchange');
    const { client, server } = this.randoms;
    const content = Buffer.concat([client, server, exchange.parameters]);
    if (!isSignedBy(this.remoteKey, content, exchange.signature)) {
      return failed('wrongProof', 'the key of this call was not signed by the certificate');
    }
    this.#own = EphemeralKey.create(exchange.curve);
    this.#shared = this.#own?.sharedWith(exchange.point);
    return this.#shared ? this.await('certificateRequestOrDone', message) : malformed('ServerKeyExchange');
  }

  #takeCertificateRequest(message: HandshakeMessage): StepResult {
    if (this.awaited !== 'certificateRequestOrDone') return unexpected(message);
    if (!isCertificateRequest(message.body)) return malformed('CertificateRequest');
    this.#isCertificateWanted = true;
    return this.await('serverHelloDone', message);
  }

  #takeServerHelloDone(message: HandshakeMessage): StepResult {
    const { suite } = this;
    const isNext = this.awaited === 'serverHelloDone' || this.awaited === 'certificateRequestOrDone';
    if (!isNext || !suite || !this.#own || !this.#shared) return unexpected(message);
    if (message.body.length > 0) return malformed('ServerHelloDone');
    this.keep(message);
    const flight: (HandshakeMessage | 'changeCipherSpec')[] = [];
    if (this.#isCertificateWanted) {
      flight.push(this.say(HANDSHAKE_TYPES.certificate, formatCertificate(this.certificate)));
    }
    flight.push(this.say(HANDSHAKE_TYPES.clientKeyExchange, formatClientKeyExchange(this.#own.point)));
    this.makeSecrets(suite, this.#shared, this.#isExtended);
    if (this.#isCertificateWanted) {
      // RFC 5246 §7.4.8: over every message so far
      const signature = signed(this.privateKey, this.transcript);
      flight.push(this.say(HANDSHAKE_TYPES.certificateVerify, formatSignature(signature)));
    }
    flight.push('changeCipherSpec', this.finished());
    this.await('finished');
    return ok({ flight });
  }

  #takeServerFinished(message: HandshakeMessage): StepResult {
    if (this.awaited !== 'finished') return unexpected(message);
    const agreed = this.takeFinished(message);
    this.await('nothing');
    return agreed.ok ? ok({ agreed: agreed.value }) : agreed;
  }
}
