// One end of a DTLS association: datagrams in and out, flights repeated until they are answered. RFC 6347 §4.2.4, RFC 5764 §3.
import type { Runtime, Timer } from '../../base/runtime.ts';
import { ClientHandshake } from './client-handshake.ts';
import { type AgreedSrtp, type DtlsFailure, type DtlsRole, type Flight, type HandshakeOptions } from './handshake.ts';
import { fragmentsOf, HandshakeAssembler, type HandshakeMessage } from './handshake-message.ts';
import { CONTENT_TYPES, formatRecord, readRecords, type DtlsRecord } from './record.ts';
import { openRecord, sealRecord } from './record-protection.ts';
import { ServerHandshake } from './server-handshake.ts';

export interface DtlsEndpointOptions extends Omit<HandshakeOptions, 'randomBytes'> {
  readonly role: DtlsRole;
  readonly runtime: Runtime;
  readonly send: (datagram: Uint8Array) => void;
  /** Once. */
  readonly onAgreed: (agreed: AgreedSrtp) => void;
  /** Once, and never after `onAgreed`. */
  readonly onFailed: (failure: DtlsFailure) => void;
}

/** RFC 6347 §4.2.4.1 names a second; somebody is waiting to be heard, and a packet of voice a flight is no burden. */
const FIRST_REPEAT_MS = 250;
const LAST_REPEAT_MS = 4000;
/** With the times above: some twenty seconds. */
const MAX_REPEATS = 8;
/** A flight goes out again at the peer's repetition, but no sooner than this after the last time. */
const MIN_REPEAT_GAP_MS = 100;
/** A datagram that no path has to cut. RFC 6347 §4.1.1.1 */
const MAX_DATAGRAM_BYTES = 1200;
const MAX_ALERTS = 1;

const ignoreTaken = (): void => {};

export class DtlsEndpoint {
  /** Messages that cannot have been the peer's. */
  passedOverMessages = 0;
  readonly #options: DtlsEndpointOptions;
  readonly #handshake: ClientHandshake | ServerHandshake;
  readonly #assembler = new HandshakeAssembler();
  #state: 'shaking' | 'agreed' | 'failed' = 'shaking';
  #flight: Flight = [];
  #timer: Timer | undefined;
  #repeats = 0;
  #sentAtMs = 0;
  /** Next number of a record, by epoch. RFC 6347 §4.1 */
  readonly #sequences = [0, 0];
  #sentAlerts = 0;

  constructor(options: DtlsEndpointOptions) {
    this.#options = options;
    const { identity, remoteFingerprints, runtime } = options;
    const handshakeOptions = {
      identity,
      remoteFingerprints,
      randomBytes: (sizeBytes: number) => runtime.randomBytes(sizeBytes),
    };
    this.#handshake =
      options.role === 'client' ? new ClientHandshake(handshakeOptions) : new ServerHandshake(handshakeOptions);
  }

  start(): void {
    this.#sendFlight(this.#handshake.start());
  }

  /** A datagram that looks like DTLS, from whomever; `onTaken` is called before an answer to what looks like the peer's. */
  receive(datagram: Uint8Array, onTaken = ignoreTaken): void {
    for (const record of readRecords(datagram)) this.#takeRecord(record, onTaken);
  }

  close(): void {
    this.#timer?.cancel();
    if (this.#state === 'agreed') this.#sendAlert(ALERT_CLOSE_NOTIFY);
    this.#state = 'failed';
  }

  #takeRecord(record: DtlsRecord, onTaken: () => void): void {
    if (this.#state === 'failed' || record.type !== CONTENT_TYPES.handshake || record.epoch > 1) return;
    // Alerts are no reason to give up: anybody can send one before there are keys, and the call itself ends by signalling.
    const keys = this.#handshake.recordKeys;
    const plain = record.epoch === 0 ? record : keys && openRecord(keys.remote, record);
    if (!plain) return;
    const isRepeated = this.#assembler.receive(plain.body, (message) =>
      this.#takeMessage(message, record.epoch === 1, onTaken),
    );
    // RFC 6347 §4.2.4: a repetition says that our last flight was lost.
    if (isRepeated) this.#repeatForPeer();
  }

  /** Whether it was the peer's, as far as can be told. */
  #takeMessage(message: HandshakeMessage, isProtected: boolean, onTaken: () => void): boolean {
    if (this.#state !== 'shaking') return false;
    const step = this.#handshake.receive(message, isProtected);
    if (!step.ok) {
      const { error } = step;
      if (error.kind === 'passedOver') this.passedOverMessages++;
      else this.#fail(error);
      return false;
    }
    onTaken();
    const { flight, agreed } = step.value;
    if (agreed) this.#agree(agreed, flight);
    else if (flight) this.#sendFlight(flight);
    return true;
  }

  #agree(agreed: AgreedSrtp, flight: Flight | undefined): void {
    this.#state = 'agreed';
    this.#timer?.cancel();
    // RFC 6347 §4.2.4: nobody answers the last flight; it goes out again when the peer says its own again.
    this.#flight = flight ?? [];
    if (flight) this.#transmit();
    this.#options.onAgreed(agreed);
  }

  #fail(failure: DtlsFailure): void {
    this.#timer?.cancel();
    this.#state = 'failed';
    this.#sendAlert(ALERTS[failure.kind]);
    this.#options.onFailed(failure);
  }

  #sendFlight(flight: Flight): void {
    this.#timer?.cancel();
    this.#flight = flight;
    this.#repeats = 0;
    if (flight.length === 0) return;
    this.#transmit();
    this.#repeatAfter(FIRST_REPEAT_MS);
  }

  #repeatAfter(delayMs: number): void {
    this.#timer = this.#options.runtime.setTimer(delayMs, () => {
      if (this.#repeats >= MAX_REPEATS) {
        return this.#fail({ kind: 'timedOut', message: 'the other side does not answer the handshake' });
      }
      this.#repeats++;
      this.#transmit();
      this.#repeatAfter(Math.min(delayMs * 2, LAST_REPEAT_MS));
    });
  }

  #repeatForPeer(): void {
    const isSoon = this.#options.runtime.nowMs() - this.#sentAtMs < MIN_REPEAT_GAP_MS;
    if (isSoon || this.#flight.length === 0) return;
    this.#transmit();
  }

  /** RFC 6347 §4.2.3: as few datagrams as hold it. */
  #transmit(): void {
    this.#sentAtMs = this.#options.runtime.nowMs();
    let datagram: Buffer[] = [];
    let sizeBytes = 0;
    for (const record of this.#records()) {
      if (sizeBytes > 0 && sizeBytes + record.length > MAX_DATAGRAM_BYTES) {
        this.#options.send(Buffer.concat(datagram));
        datagram = [];
        sizeBytes = 0;
      }
      datagram.push(record);
      sizeBytes += record.length;
    }
    if (sizeBytes > 0) this.#options.send(Buffer.concat(datagram));
  }

  *#records(): Generator<Buffer> {
    let epoch: 0 | 1 = 0;
    for (const part of this.#flight) {
      if (part === 'changeCipherSpec') {
        yield this.#record(CONTENT_TYPES.changeCipherSpec, 0, Buffer.from([1]));
        epoch = 1;
      } else for (const fragment of fragmentsOf(part)) yield this.#record(CONTENT_TYPES.handshake, epoch, fragment);
    }
  }

  #record(type: number, epoch: 0 | 1, body: Uint8Array): Buffer {
    const sequence = this.#sequences[epoch] ?? 0;
    this.#sequences[epoch] = sequence + 1;
    const record = { type, epoch, sequence, body };
    const keys = this.#handshake.recordKeys;
    return formatRecord(epoch === 1 && keys ? sealRecord(keys.local, record) : record);
  }

  #sendAlert([level, description]: readonly [number, number]): void {
    if (this.#sentAlerts >= MAX_ALERTS) return;
    this.#sentAlerts++;
    const epoch = this.#flight.includes('changeCipherSpec') || description === 0 ? 1 : 0;
    this.#options.send(this.#record(CONTENT_TYPES.alert, epoch, Buffer.from([level, description])));
  }
}

/** RFC 5246 §7.2: level (2 is fatal) and description. */
const ALERT_CLOSE_NOTIFY = [1, 0] as const;
const ALERTS: Readonly<Record<DtlsFailure['kind'], readonly [number, number]>> = {
  timedOut: [2, 90],
  wrongCertificate: [2, 42],
  wrongProof: [2, 51],
  nothingInCommon: [2, 40],
};
