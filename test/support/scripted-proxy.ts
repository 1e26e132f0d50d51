// A proxy as call flows draw it: it answers 100, records its route, and passes on; statelessly, and by text. RFC 3261 §16.
import type { SocketAddress } from '../../src-main/base/socket-address.ts';
import { headerOf } from './flow-record.ts';
import type { VirtualNetwork } from './virtual-network.ts';

const PORT = 5060;

export interface ScriptedProxyOptions {
  readonly address: string;
  /** Where a request goes that names nobody here by Route: by user. */
  readonly next: Readonly<Record<string, string>>;
  /** Says nothing at all, as one that is broken. */
  readonly isSilent?: boolean;
}

export class ScriptedProxy {
  readonly address: string;
  /** A response in the place of passing on, or nothing. */
  refuse: (text: string) => { readonly status: string; readonly headers?: readonly string[] } | undefined = () =>
    undefined;
  /** What becomes of a message on its way, as an application layer gateway does. */
  rewrite: (text: string) => string = (text) => text;
  readonly #options: ScriptedProxyOptions;
  #send: (text: string, to: SocketAddress) => void = () => {};

  private constructor(options: ScriptedProxyOptions) {
    this.address = options.address;
    this.#options = options;
  }

  static async open(network: VirtualNetwork, options: ScriptedProxyOptions): Promise<ScriptedProxy> {
    const proxy = new ScriptedProxy(options);
    const opened = await network.host(options.address).bindDatagram({ address: options.address, port: PORT });
    if (!opened.ok) throw new Error(opened.error.message);
    const socket = opened.value;
    proxy.#send = (text, to) => socket.send(Buffer.from(text), to, () => {});
    socket.start({
      onDatagram: (bytes, from) => {
        const text = Buffer.from(bytes).toString();
        if (options.isSilent !== true && text.includes('SIP/2.0')) proxy.#take(text, from);
      },
      onError: () => {},
    });
    return proxy;
  }

  #take(text: string, from: SocketAddress): void {
    if (text.startsWith('SIP/2.0 ')) this.#passBack(text);
    else this.#passOn(text, from);
  }

  /** RFC 3261 §16.7: our Via goes, and the response follows the next one. */
  #passBack(text: string): void {
    if (text.startsWith('SIP/2.0 100')) return;
    const rest = text.replace(/^Via: .*\r\n/im, '');
    const via = headerOf(rest, 'Via');
    const [, host = '', port = PORT] = /UDP ([^:;\s]+)(?::(\d+))?/.exec(via) ?? [];
    this.#send(this.rewrite(rest), { address: host, port: Number(port) });
  }

  #passOn(text: string, from: SocketAddress): void {
    const method = text.split(' ')[0] ?? '';
    const refusal = method === 'ACK' || method === 'CANCEL' ? undefined : this.refuse(text);
    if (refusal) {
      this.#send(this.#response(text, refusal.status, refusal.headers), from);
      return;
    }
    // An ACK to our own refusal ends here.
    if (method === 'ACK' && headerOf(text, 'To').includes('tag=proxy')) return;
    if (method === 'INVITE') this.#send(this.#response(text, '100 Trying'), from);
    const routed = text.replace(new RegExp(`^Route: <sip:${this.address}[^>]*>(, *|\\r\\n)`, 'im'), (_, end: string) =>
      end === '\r\n' ? '' : 'Route: ',
    );
    const branch = `z9hG4bK${this.address.replaceAll('.', '')}${(/branch=z9hG4bK([^;\s]+)/.exec(text)?.[1] ?? '').slice(0, 32)}`;
    const via = `Via: SIP/2.0/UDP ${this.address}:${PORT};branch=${branch}\r\n`;
    const needsRecord = method === 'INVITE' && !headerOf(text, 'To').includes(';tag=');
    const record = needsRecord ? `Record-Route: <sip:${this.address};lr>\r\n` : '';
    const forwarded = routed.replace('\r\n', `\r\n${via}${record}`);
    this.#send(this.rewrite(forwarded), { address: this.#nextOf(forwarded), port: PORT });
  }

  #nextOf(text: string): string {
    const route = /<sip:(?:[^@>]*@)?([^:;>]+)/.exec(headerOf(text, 'Route'))?.[1];
    if (route !== undefined) return route;
    const [, user = '', host = ''] = /^\w+ sip:([^@ ]*)@([^:; ]+)/.exec(text) ?? [];
    const isInDialog = headerOf(text, 'To').includes(';tag=');
    return isInDialog && host !== this.address ? host : (this.#options.next[user] ?? host);
  }

  #response(text: string, status: string, headers: readonly string[] = []): string {
    const vias = text.split('\r\n').filter((line) => /^Via:/i.test(line));
    const to = headerOf(text, 'To');
    const tag = status.startsWith('100') || to.includes(';tag=') ? '' : ';tag=proxy';
    return [
      `SIP/2.0 ${status}`,
      ...vias,
      ...['From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${headerOf(text, name)}`),
      `To: ${to}${tag}`,
      ...headers,
      'Content-Length: 0\r\n\r\n',
    ].join('\r\n');
  }
}
