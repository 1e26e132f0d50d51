// From bytes to the layer above: parse, judge, fix up. RFC 3261 §18.1.2, §18.2.1, §18.3.
import type { Logger } from '../../base/logger.ts';
import type { Runtime } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import { type ParseFailure, type SipMessage, type Via, buildRejection, parseMessage } from '../syntax/index.ts';
import { type RawFlow, type TransportUser, defaultPort } from './flow.ts';
import type { SourceGate } from './source-gate.ts';
import type { TransportCounters } from './transport-counters.ts';
import { fixIncomingRequest } from './via-fixup.ts';

export interface ReceiverOptions {
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly user: TransportUser;
  readonly counters: TransportCounters;
  /** Absent: whoever sends is read. */
  readonly gate: SourceGate | undefined;
  readonly onReceived: (flow: RawFlow, bytes: Uint8Array) => void;
  /** Whether a response with this top Via answers a request of ours. */
  readonly isOurs: (via: Via, flow: RawFlow) => boolean;
  /** A peer says that its connection may be used back to it. RFC 5923 §5 */
  readonly onAlias: (flow: RawFlow, address: SocketAddress) => void;
}

/** An answer is at most this much longer than what it answers, so that nobody is flooded through us. */
const MAX_REJECTION_EXTRA_BYTES = 256;
/** Answers to malformed requests in one second, whoever sent them. */
const MAX_REJECTIONS_PER_SEC = 20;
const CR = 0x0d;
/** RFC 7983 §7: nothing that a SIP message starts with is below this, but for line ends. */
const FIRST_TEXT_BYTE = 0x20;

export class Receiver {
  readonly #options: ReceiverOptions;
  #second = -1;
  #rejectionsInSecond = 0;

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  receive(bytes: Uint8Array, flow: RawFlow): void {
    const { counters, onReceived, user } = this.#options;
    const [first = CR] = bytes;
    // RFC 5626 §4.4: keep-alives of UDP are STUN; many send line ends or a single NUL.
    if (first < FIRST_TEXT_BYTE && first !== CR) {
      counters.foreignDatagrams++;
      return;
    }
    if (!this.#isWithinLimits(bytes, flow)) return;
    const parsed = parseMessage(bytes);
    if (!parsed.ok) {
      this.#onFailure(parsed.error, bytes, flow);
      return;
    }
    counters.receivedMessages++;
    onReceived(flow, bytes);
    if (this.#isWelcome(parsed.value, flow)) user.onMessage(parsed.value, flow);
  }

  /** RFC 3261 §26.1.5: what a source sends beyond its budget costs no more than this look at it. */
  #isWithinLimits(bytes: Uint8Array, flow: RawFlow): boolean {
    const { gate, counters, runtime } = this.#options;
    if (gate === undefined || gate.admits(bytes, flow.remote.address, runtime.nowMs())) return true;
    counters.floodedMessages++;
    // WHY: on a stream nothing is sent twice, so that a gap would leave the peer waiting.
    if (flow.isReliable) flow.close('the peer sends too much');
    return false;
  }

  #isWelcome(message: SipMessage, flow: RawFlow): boolean {
    if (message.kind === 'request') {
      if (flow.isSecure && message.topVia.parameters.has('alias')) this.#noteAlias(message.topVia, flow);
      fixIncomingRequest(message, flow.remote);
      return true;
    }
    // RFC 3261 §18.1.2: a response whose top Via is not ours is discarded.
    if (this.#options.isOurs(message.topVia, flow)) return true;
    this.#options.counters.strayResponses++;
    return false;
  }

  /** RFC 5923 §5: the alias is the address that the connection comes from with the port of the Via. */
  #noteAlias(via: Via, flow: RawFlow): void {
    const port = via.port ?? defaultPort(flow.protocol);
    this.#options.onAlias(flow, { address: flow.remote.address, port });
  }

  #onFailure(failure: ParseFailure, bytes: Uint8Array, flow: RawFlow): void {
    const { counters, logger } = this.#options;
    if (failure.kind === 'empty') {
      counters.keepAlives++;
      return;
    }
    counters.parseFailures++;
    logger.debug('a message was refused', { kind: failure.kind, reason: failure.message, flow: flow.id });
    this.#reject(failure, bytes, flow);
  }

  /** One stateless answer, to where the request came from and no further. RFC 3261 §8.2.7. */
  #reject(failure: ParseFailure, bytes: Uint8Array, flow: RawFlow): void {
    const rejection = buildRejection(failure);
    if (!rejection || !this.#mayReject()) return;
    let sizeBytes = rejection.reasonPhrase.length;
    for (const { name, value } of rejection.headers.entries()) sizeBytes += name.length + value.length + 4;
    if (sizeBytes > bytes.length + MAX_REJECTION_EXTRA_BYTES) return;
    this.#options.counters.rejections++;
    flow.send(rejection);
  }

  #mayReject(): boolean {
    const second = Math.floor(this.#options.runtime.nowMs() / 1000);
    if (second !== this.#second) this.#rejectionsInSecond = 0;
    this.#second = second;
    return ++this.#rejectionsInSecond <= MAX_REJECTIONS_PER_SEC;
  }
}
