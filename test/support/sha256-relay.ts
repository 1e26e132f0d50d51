// A relay that reads and proves with code that others have written: a place for who is proven by SHA-256, and no more. RFC 8489 §9.2.4, §18.5.1.
import { createHash } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import stun from '@msimerson/stun';
import { RELAY_USER } from './coturn.ts';

const { turnUsername, turnPassword } = RELAY_USER;
const REALM = 'nightjar.test';
const TURN = { lifetime: 0x000d, xorRelayedAddress: 0x0016, xorMappedAddress: 0x0020 } as const;
const HASHES = { 1: 'md5', 2: 'sha256' } as const;
const SUCCESS = 0x0100;
const ERROR = 0x0110;
const ALLOCATE = 0x0003;

type Algorithm = keyof typeof HASHES;
type Request = ReturnType<typeof stun.decode>;

export interface Sha256RelayOptions {
  /** In its order. */
  readonly algorithms: readonly Algorithm[];
  /** The bits of its nonce, as four characters. */
  readonly features: string;
  /** Somebody on the way takes its list away. */
  readonly isListHidden?: boolean;
}

const keyBy = (algorithm: Algorithm): Buffer =>
  createHash(HASHES[algorithm]).update(`${turnUsername}:${REALM}:${turnPassword}`).digest();

export class Sha256Relay {
  /** What was not right with the requests that came. */
  readonly complaints: string[] = [];
  /** How many places it has given. */
  given = 0;
  readonly #options: Sha256RelayOptions;
  readonly #socket: Socket;
  readonly #nonce: string;

  private constructor(options: Sha256RelayOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    this.#nonce = `obMatJos2${options.features}9f2c`;
    socket.on('message', (bytes, from) => this.#answer(bytes, from));
  }

  static async open(options: Sha256RelayOptions): Promise<Sha256Relay> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return new Sha256Relay(options, socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  close(): void {
    this.#socket.close();
  }

  #answer(bytes: Buffer, from: RemoteInfo): void {
    if ((bytes[0] ?? 0xff) > 0x3f) return;
    const request = stun.decode(bytes);
    const code = this.#problem(request);
    if (code === undefined) this.#accept(request, from);
    else this.#refuse(request, from, code);
  }

  /** RFC 8489 §9.2.4: the checks in their order. */
  #problem(request: Request): number | undefined {
    if (!request.getMessageIntegrity() && !request.getMessageIntegritySha256()) return 401;
    const complain = (complaint: string, code: number): number => {
      this.complaints.push(complaint);
      return code;
    };
    const listed = request.getPasswordAlgorithms()?.map(({ algorithm }) => algorithm);
    const chosen = this.#options.algorithms.find((each) => each === request.getPasswordAlgorithm()?.algorithm);
    if (request.getMessageIntegrity()) return complain('a proof by SHA-1', 400);
    if (listed?.join() !== this.#options.algorithms.join()) return complain('another list', 400);
    if (chosen === undefined || chosen !== this.#options.algorithms[0]) return complain('another algorithm', 400);
    if (!this.#isNamed(request)) return complain('another name', 401);
    if (!stun.validateMessageIntegritySha256(request, keyBy(chosen))) return complain('a wrong proof', 401);
    if (!stun.validateFingerprint(request)) return complain('a wrong checksum', 400);
    return request.getNonce() === this.#nonce ? undefined : complain('another nonce', 438);
  }

  #isNamed(request: Request): boolean {
    const isAnonymous = (Buffer.from(this.#options.features, 'base64')[0] ?? 0) >= 0xc0;
    if (!isAnonymous) return request.getUsername() === turnUsername && request.getUserhash() === undefined;
    const hash = createHash('sha256').update(`${turnUsername}:${REALM}`).digest();
    return request.getUsername() === undefined && request.getUserhash()?.equals(hash) === true;
  }

  #accept(request: Request, from: RemoteInfo): void {
    const answer = stun.createMessage(request.type | SUCCESS, request.transactionId);
    if (request.type === ALLOCATE) {
      this.given++;
      answer.addAttribute(TURN.xorRelayedAddress, '127.0.0.1', 50_000 + this.given);
      answer.addAttribute(TURN.xorMappedAddress, from.address, from.port);
    }
    answer.addAttribute(TURN.lifetime, 600);
    answer.addMessageIntegritySha256(keyBy(this.#options.algorithms[0] ?? 2));
    answer.addFingerprint();
    this.#socket.send(answer.toBuffer(), from.port, from.address);
  }

  #refuse(request: Request, from: RemoteInfo, code: number): void {
    const answer = stun.createMessage(request.type | ERROR, request.transactionId);
    answer.addError(code, 'no');
    answer.addRealm(REALM);
    answer.addNonce(this.#nonce);
    if (this.#options.isListHidden !== true)
      answer.addPasswordAlgorithms(this.#options.algorithms.map((algorithm) => ({ algorithm })));
    answer.addFingerprint();
    this.#socket.send(answer.toBuffer(), from.port, from.address);
  }
}
