// A caller for measurements: raw SIP over one UDP socket, one INVITE after another at a steady pace, each call ended with BYE.
import { createSocket, type Socket } from 'node:dgram';

export interface LoadOptions {
  readonly targetPort: number;
  readonly callsPerSecond: number;
  readonly calls: number;
  /** undefined leaves the calls standing. */
  readonly holdMs: number | undefined;
  /** Without it no session is offered, so that the callee opens no sound. */
  readonly hasSdp?: boolean;
}

export interface LoadResult {
  /** INVITE to 200 of each answered call, in order of the answers. */
  readonly answerMs: readonly number[];
  readonly failed: number;
}

const ANSWER_LIMIT_MS = 8000;
const LOCAL = '127.0.0.1';

/** Places the calls; resolves when each was answered or has failed. */
export async function placeCalls(options: LoadOptions): Promise<LoadResult & { readonly close: () => void }> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
  await new Promise<void>((resolve) => socket.bind(0, LOCAL, resolve));
  const run = new LoadRun(socket, options);
  const result = await run.finish();
  return { ...result, close: () => socket.close() };
}

class LoadRun {
  readonly #socket: Socket;
  readonly #options: LoadOptions;
  readonly #sentAtMs = new Map<number, number>();
  readonly #answerMs: number[] = [];
  readonly #run = Math.random().toString(36).slice(2);
  #sent = 0;
  #failed = 0;

  constructor(socket: Socket, options: LoadOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('message', (bytes) => this.#onMessage(bytes.toString('latin1')));
  }

  async finish(): Promise<LoadResult> {
    const { calls, callsPerSecond, holdMs = 0 } = this.#options;
    const startedMs = performance.now();
    while (this.#sent < calls) {
      const dueCalls = Math.min(calls, Math.floor(((performance.now() - startedMs) * callsPerSecond) / 1000) + 1);
      while (this.#sent < dueCalls) this.#invite(this.#sent++);
      await pause(2);
    }
    const limitMs = performance.now() + ANSWER_LIMIT_MS;
    while (this.#sentAtMs.size > 0 && performance.now() < limitMs) await pause(10);
    await pause(holdMs + 200);
    return { answerMs: this.#answerMs, failed: this.#failed + this.#sentAtMs.size };
  }

  #invite(call: number): void {
    this.#sentAtMs.set(call, performance.now());
    const { address, port } = this.#socket.address();
    const sdp =
      this.#options.hasSdp === false
        ? ''
        : `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n`;
    this.#send(call, 'INVITE', 1, `<sip:bob@${LOCAL}:${this.#options.targetPort}>`, [
      `Contact: <sip:load@${address}:${port}>`,
      ...(sdp === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${sdp.length}`,
      '',
      sdp,
    ]);
  }

  #onMessage(text: string): void {
    const call = Number(/^Call-ID: *(\d+)-/im.exec(text)?.[1]);
    if (!text.startsWith('SIP/2.0') || !/^CSeq: *1 INVITE/im.test(text)) return;
    const status = Number(text.slice(8, 11));
    const sentAtMs = this.#sentAtMs.get(call);
    if (status < 200) return;
    const to = /^To: *(.*)$/im.exec(text)?.[1] ?? '';
    this.#send(call, 'ACK', 1, to, ['Content-Length: 0', '', '']);
    if (sentAtMs === undefined) return;
    this.#sentAtMs.delete(call);
    if (status >= 300) {
      this.#failed++;
      return;
    }
    this.#answerMs.push(performance.now() - sentAtMs);
    const { holdMs } = this.#options;
    if (holdMs !== undefined) setTimeout(() => this.#send(call, 'BYE', 2, to, ['Content-Length: 0', '', '']), holdMs);
  }

  #send(call: number, method: string, sequence: number, to: string, rest: readonly string[]): void {
    const { address, port } = this.#socket.address();
    const { targetPort } = this.#options;
    const lines = [
      `${method} sip:bob@${LOCAL}:${targetPort} SIP/2.0`,
      `Via: SIP/2.0/UDP ${address}:${port};branch=z9hG4bK${this.#run}${call}${method}`,
      'Max-Forwards: 70',
      `From: <sip:load@${address}>;tag=${call}`,
      `To: ${to}`,
      `Call-ID: ${call}-${this.#run}`,
      `CSeq: ${sequence} ${method}`,
      ...rest,
    ];
    this.#socket.send(lines.join('\r\n'), targetPort, LOCAL);
  }
}

const pause = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs));
