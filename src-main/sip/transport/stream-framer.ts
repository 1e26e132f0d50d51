// Cuts a stream into messages and keep-alives. RFC 3261 §18.3, RFC 5626 §4.4.1.
import { MAX_MESSAGE_BYTES, measureBody } from '../syntax/index.ts';

export type StreamEvent =
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  /** `isPing` for the second CR LF in a row, which wants a CR LF back; a single one is a pong. */
  | { readonly kind: 'keepAlive'; readonly isPing: boolean }
  /** The stream cannot be cut any more. `bytes` is the head that broke it, for an answer. */
  | { readonly kind: 'failure'; readonly reason: string; readonly bytes: Uint8Array };

const CR = 0x0d;
const LF = 0x0a;
const INITIAL_BYTES = 4_096;

/** Linear in what is pushed however it is cut; holds at most one message and one chunk. */
export class StreamFramer {
  #buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  #start = 0;
  #end = 0;
  /** Where to go on looking for the end of the head. */
  #scanned = 0;
  /** Bytes of the message whose head is complete. */
  #messageBytes: number | undefined;
  #isAfterCrLf = false;
  #isBroken = false;

  /** Whether a message or a line end has begun and not ended. */
  get isWithinMessage(): boolean {
    return this.#end > this.#start;
  }

  /** Takes `chunk`, whose bytes are copied. After a failure, everything is ignored. */
  push(chunk: Uint8Array): StreamEvent[] {
    if (this.#isBroken) return [];
    this.#append(chunk);
    const events: StreamEvent[] = [];
    for (let event = this.#step(); event; event = this.#step()) {
      events.push(event);
      if (event.kind === 'failure') {
        this.#isBroken = true;
        this.#start = this.#end;
        break;
      }
    }
    return events;
  }

  #append(chunk: Uint8Array): void {
    const pending = this.#end - this.#start;
    if (this.#end + chunk.length > this.#buffer.length) {
      // WHY: room for twice as much each time, so that every byte is moved a bounded number of times.
      const needed = pending + chunk.length;
      const target = needed * 2 > this.#buffer.length ? Buffer.allocUnsafe(needed * 2) : this.#buffer;
      this.#buffer.copy(target, 0, this.#start, this.#end);
      this.#buffer = target;
      this.#scanned -= this.#start;
      this.#start = 0;
      this.#end = pending;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  #step(): StreamEvent | undefined {
    if (this.#messageBytes === undefined) {
      const early = this.#takeLineEnd() ?? this.#findHead();
      if (early) return early;
    }
    const size = this.#messageBytes;
    if (size === undefined || this.#end - this.#start < size) return undefined;
    this.#messageBytes = undefined;
    return { kind: 'message', bytes: this.#take(size) };
  }

  /** RFC 5626 §4.4.1: CR LF CR LF between messages is a ping, CR LF a pong. */
  #takeLineEnd(): StreamEvent | undefined {
    if (this.#end - this.#start < 2 || this.#buffer[this.#start] !== CR) return undefined;
    if (this.#buffer[this.#start + 1] !== LF) return undefined;
    this.#take(2);
    this.#isAfterCrLf = !this.#isAfterCrLf;
    return { kind: 'keepAlive', isPing: !this.#isAfterCrLf };
  }

  #findHead(): StreamEvent | undefined {
    const from = Math.max(this.#start, this.#scanned - 3);
    const found = this.#buffer.subarray(0, this.#end).indexOf('\r\n\r\n', from, 'latin1');
    this.#scanned = this.#end;
    const headBytes = (found < 0 ? this.#end : found + 4) - this.#start;
    if (headBytes > MAX_MESSAGE_BYTES) return this.#failure('the head is too large', MAX_MESSAGE_BYTES);
    if (found < 0) return undefined;
    const body = measureBody(this.#buffer.subarray(this.#start, this.#start + headBytes));
    if (!body.ok) return this.#failure(body.error.message, headBytes);
    if (headBytes + body.value > MAX_MESSAGE_BYTES) return this.#failure('the message is too large', headBytes);
    this.#messageBytes = headBytes + body.value;
    return undefined;
  }

  #failure(reason: string, headBytes: number): StreamEvent {
    return { kind: 'failure', reason, bytes: this.#take(headBytes) };
  }

  #take(sizeBytes: number): Uint8Array {
    const bytes = new Uint8Array(this.#buffer.subarray(this.#start, this.#start + sizeBytes));
    this.#start += sizeBytes;
    this.#scanned = this.#start;
    if (bytes[0] !== CR) this.#isAfterCrLf = false;
    if (this.#start === this.#end) this.#release();
    return bytes;
  }

  /** Gives back what a large message needed. */
  #release(): void {
    if (this.#buffer.length > INITIAL_BYTES * 4) this.#buffer = Buffer.allocUnsafe(INITIAL_BYTES);
    this.#start = 0;
    this.#end = 0;
    this.#scanned = 0;
  }
}
