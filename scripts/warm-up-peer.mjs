// Server and other end in one, for the warm-up of the build: challenges, answers, calls and sends some sound. Knows only what the script needs.
import { createSocket } from 'node:dgram';

const LOCAL = '127.0.0.1';
const SILENCE = Buffer.alloc(160, 0xff);
const CHALLENGE = 'Digest realm="lab.test", nonce="warm", qop="auth", algorithm=MD5';

const bind = (socket) => new Promise((resolve) => socket.bind(0, LOCAL, resolve));
const header = (text, name) => text.match(new RegExp(`^${name}: *(.*?)\r?$`, 'mi'))?.[1] ?? '';
const headers = (text, name) => text.match(new RegExp(`^${name}: .*?(?=\r?$)`, 'gmi')) ?? [];

export class WarmUpPeer {
  #sip = createSocket('udp4');
  #rtp = createSocket('udp4');
  #sound;
  #contact;
  #calls = 0;
  #waiting = new Map();

  static async open() {
    const peer = new WarmUpPeer();
    await Promise.all([bind(peer.#sip), bind(peer.#rtp)]);
    peer.#sip.on('message', (bytes, from) => peer.#take(bytes.toString('latin1'), from));
    return peer;
  }

  get port() {
    return this.#sip.address().port;
  }

  close() {
    clearInterval(this.#sound);
    this.#sip.close();
    this.#rtp.close();
  }

  /** Resolves with the next request or response that begins so. */
  received(start) {
    return new Promise((resolve) => this.#waiting.set(start, resolve));
  }

  /** Calls the phone where it has registered. */
  call() {
    const callId = `warm-${++this.#calls}@lab.test`;
    const [, uri, host, port] = /<(sip:[^>]*@([\d.]+):(\d+)[^>]*)>/.exec(this.#contact) ?? [];
    const to = { port: Number(port), address: host };
    const send = (method, sequence, toValue, rest) =>
      this.#send(to, `${method} ${uri} SIP/2.0`, [
        `Via: SIP/2.0/UDP ${LOCAL}:${this.port};rport;branch=z9hG4bK${method}${callId}`,
        'Max-Forwards: 70',
        `From: "Warm" <sip:peer@lab.test>;tag=p${this.#calls}`,
        `To: ${toValue}`,
        `Call-ID: ${callId}`,
        `CSeq: ${sequence} ${method}`,
        ...rest,
      ]);
    send('INVITE', 1, '<sip:warm@lab.test>', this.#session());
    let toValue = '';
    const answered = this.received('SIP/2.0 200').then((response) => {
      toValue = header(response, 'To');
      send('ACK', 1, toValue, []);
      this.#startSound(response);
    });
    const hangUp = async () => {
      const done = this.received('SIP/2.0 200');
      send('BYE', 2, toValue, []);
      await done;
    };
    return { answered, hangUp };
  }

  #take(text, from) {
    const start = [...this.#waiting.keys()].find((begin) => text.startsWith(begin));
    this.#answer(text, from);
    this.#waiting.get(start)?.(text);
    this.#waiting.delete(start);
  }

  #answer(text, from) {
    const [method] = text.split(' ', 1);
    if (method === 'SIP/2.0' || method === 'ACK') return;
    const reply = (status, rest = []) => this.#respond(text, from, status, rest);
    const isProxy = method === 'INVITE';
    if (method === 'REGISTER') this.#contact = header(text, 'Contact');
    if (method === 'REGISTER' && !header(text, 'Authorization'))
      return reply('401 Unauthorized', [`WWW-Authenticate: ${CHALLENGE}`]);
    if (isProxy && !header(text, 'Proxy-Authorization'))
      return reply('407 Proxy Authentication Required', [`Proxy-Authenticate: ${CHALLENGE}`]);
    if (method === 'REGISTER') return reply('200 OK', [`Contact: ${this.#contact};expires=600`]);
    if (!isProxy) return reply('200 OK');
    reply('100 Trying');
    const route = `Record-Route: <sip:${LOCAL}:${this.port};lr>`;
    reply('180 Ringing', [route, this.#contactLine()]);
    setTimeout(() => {
      reply('200 OK', [route, ...this.#session()]);
      this.#startSound(text);
    }, 50);
  }

  #respond(request, to, status, rest) {
    const echoed = ['Via', 'From', 'Call-ID', 'CSeq'].flatMap((name) => headers(request, name));
    const toValue = header(request, 'To');
    const tagged = toValue.includes('tag=') || status.startsWith('100') ? toValue : `${toValue};tag=peer`;
    this.#send(to, `SIP/2.0 ${status}`, [...echoed, `To: ${tagged}`, ...rest]);
  }

  #contactLine = () => `Contact: <sip:peer@${LOCAL}:${this.port}>`;

  #session() {
    const { port } = this.#rtp.address();
    const sdp = [
      ...['v=0', `o=- 1 1 IN IP4 ${LOCAL}`, 's=-', `c=IN IP4 ${LOCAL}`, 't=0 0', `m=audio ${port} RTP/AVP 0 101`],
      ...['a=rtpmap:0 PCMU/8000', 'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-16', 'a=sendrecv', ''],
    ].join('\r\n');
    return [this.#contactLine(), 'Content-Type: application/sdp', { sdp }];
  }

  /** `lines` may end with a session description. */
  #send({ port, address }, start, lines) {
    const { sdp = '' } = lines.at(-1) ?? {};
    const fields = lines.filter((line) => typeof line === 'string');
    this.#sip.send([start, ...fields, `Content-Length: ${sdp.length}`, '', sdp].join('\r\n'), port, address);
  }

  /** Twenty milliseconds of silence every twenty milliseconds, to where `description` wants it. */
  #startSound(description) {
    clearInterval(this.#sound);
    const port = Number(/^m=audio (\d+)/m.exec(description)?.[1]);
    let sequence = 0;
    this.#sound = setInterval(() => {
      const packet = Buffer.alloc(12 + SILENCE.length);
      packet.writeUInt16BE(0x8000, 0);
      packet.writeUInt16BE(++sequence & 0xffff, 2);
      packet.writeUInt32BE(sequence * SILENCE.length, 4);
      packet.writeUInt32BE(0x77_61_72_6d, 8);
      packet.set(SILENCE, 12);
      this.#rtp.send(packet, port, LOCAL);
    }, 20);
  }
}
