// A caller in a few lines over real sockets: calls, speaks a tone as G.711, and notes when something loud comes back.
import { createSocket, type Socket } from 'node:dgram';
import alawmulaw from 'alawmulaw';

const { mulaw } = alawmulaw;
const PACKET_MS = 20;
const SAMPLES = 160;
const HEADER_BYTES = 12;
const TONE_HZ = 500;
const LOUD = 3000;

const bind = (socket: Socket): Promise<number> =>
  new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(socket.address().port)));

/** A whole number of periods fits into a packet. */
const tone = mulaw.encode(
  Int16Array.from({ length: SAMPLES }, (_, i) => 12_000 * Math.sin((2 * Math.PI * TONE_HZ * i) / 8000)),
);

export class ToneCaller {
  /** When the ACK was sent; milliseconds of `performance`. */
  ackAtMs = NaN;
  readonly #sip = createSocket('udp4');
  readonly #rtp = createSocket('udp4');
  readonly #loudAtMs: number[] = [];
  readonly #phonePort: number;
  #timer: NodeJS.Timeout | undefined;
  #sequence = 0;
  #to = '';
  #localPort = 0;
  #rtpPort = 0;

  constructor(phonePort: number) {
    this.#phonePort = phonePort;
  }

  /** Resolves when it has been answered. */
  async call(): Promise<void> {
    [this.#localPort, this.#rtpPort] = await Promise.all([bind(this.#sip), bind(this.#rtp)]);
    this.#rtp.on('message', (packet) => {
      const peak = mulaw.decode(packet.subarray(HEADER_BYTES)).reduce((most, one) => Math.max(most, Math.abs(one)), 0);
      if (peak > LOUD) this.#loudAtMs.push(performance.now());
    });
    const answered = new Promise<void>((resolve) => {
      this.#sip.on('message', (bytes) => {
        const text = bytes.toString();
        if (!text.startsWith('SIP/2.0 200') || !text.includes('INVITE')) return;
        this.#to = /^To: (.*)$/m.exec(text)?.[1]?.trim() ?? '';
        const port = Number(/^m=audio (\d+)/m.exec(text)?.[1]);
        this.#send('ACK', 1);
        this.ackAtMs = performance.now();
        this.#timer ??= setInterval(() => this.#speak(port), PACKET_MS);
        resolve();
      });
    });
    this.#send('INVITE', 1, this.#offer());
    await answered;
  }

  /** When the first loud packet came after this moment; undefined when none has. */
  loudAfter(atMs: number): number | undefined {
    return this.#loudAtMs.find((loudAtMs) => loudAtMs >= atMs);
  }

  hangUp(): void {
    clearInterval(this.#timer);
    this.#send('BYE', 2);
    setTimeout(() => {
      this.#sip.close();
      this.#rtp.close();
    }, 200);
  }

  #speak(port: number): void {
    const header = Buffer.alloc(HEADER_BYTES);
    header[0] = 0x80;
    header.writeUInt16BE(this.#sequence & 0xffff, 2);
    header.writeUInt32BE((this.#sequence++ * SAMPLES) >>> 0, 4);
    header.writeUInt32BE(4711, 8);
    this.#rtp.send(Buffer.concat([header, tone]), port, '127.0.0.1');
  }

  #offer(): string {
    return [
      'v=0',
      'o=- 1 1 IN IP4 127.0.0.1',
      's=-',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      `m=audio ${this.#rtpPort} RTP/AVP 0`,
      '',
    ].join('\r\n');
  }

  #send(method: string, sequence: number, body = ''): void {
    const to = this.#to === '' ? `<sip:away@127.0.0.1:${this.#phonePort}>` : this.#to;
    const message = [
      `${method} sip:away@127.0.0.1:${this.#phonePort} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${this.#localPort};branch=z9hG4bK${method}${this.#localPort}`,
      `From: <sip:caller@127.0.0.1:${this.#localPort}>;tag=caller`,
      `To: ${to}`,
      `Call-ID: tone-${this.#localPort}`,
      `CSeq: ${sequence} ${method}`,
      `Contact: <sip:caller@127.0.0.1:${this.#localPort}>`,
      'Max-Forwards: 70',
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${body.length}`,
      '',
      body,
    ];
    this.#sip.send(message.join('\r\n'), this.#phonePort, '127.0.0.1');
  }
}
