// Every SIP datagram of a scenario in its order, as the RFCs of call flows draw them: `alice > proxy: INVITE`.
import type { SocketAddress } from '../../src-main/base/socket-address.ts';
import type { VirtualNetwork } from './virtual-network.ts';

export interface FlowMessage {
  readonly from: string;
  readonly to: string;
  /** `INVITE`, or `180 INVITE`. */
  readonly what: string;
  readonly text: string;
}

export class FlowRecord {
  readonly #network: VirtualNetwork;
  readonly #names: Readonly<Record<string, string>>;
  /** What came before is forgotten. */
  #start = 0;

  constructor(network: VirtualNetwork, names: Readonly<Record<string, string>>) {
    this.#network = network;
    this.#names = names;
  }

  /** All so far; keep-alives are not SIP and not here. */
  get messages(): FlowMessage[] {
    return this.#network.log.slice(this.#start).flatMap(({ from, to, text }) => this.#read(from, to, text));
  }

  /** Each as `alice > bob: INVITE`. */
  get lines(): string[] {
    return this.messages.map(({ from, to, what }) => `${from} > ${to}: ${what}`);
  }

  /** The same without 100, which is hop by hop and says nothing of a flow. */
  get endToEnd(): string[] {
    return this.lines.filter((line) => !line.includes(': 100 '));
  }

  /** The body of the first message drawn so. */
  body(line: string): string {
    return this.find(line).text.split('\r\n\r\n')[1] ?? '';
  }

  /** Forgets what was so far. */
  clear(): void {
    this.#start = this.#network.log.length;
  }

  /** The first message drawn so; fails the test when there is none. */
  find(line: string, from = 0): FlowMessage {
    const index = this.lines.indexOf(line, from);
    const message = this.messages[index];
    if (!message) throw new Error(`no "${line}" among\n${this.lines.join('\n')}`);
    return message;
  }

  /** A header of a message drawn so; the last when there are several. */
  header(line: string, name: string): string {
    this.find(line);
    const { text } = this.messages[this.lines.lastIndexOf(line)] ?? { text: '' };
    return headerOf(text, name);
  }

  #read(from: SocketAddress, to: SocketAddress, text: string): FlowMessage[] {
    const startLine = text.slice(0, text.indexOf('\r\n'));
    if (!startLine.includes('SIP/2.0')) return [];
    const status = /^SIP\/2\.0 (\d{3})/.exec(startLine)?.[1];
    const method = / (\w+)$/.exec(headerOf(text, 'CSeq'))?.[1] ?? '';
    const what = status === undefined ? (startLine.split(' ')[0] ?? '') : `${status} ${method}`;
    return [{ from: this.#nameOf(from), to: this.#nameOf(to), what, text }];
  }

  #nameOf({ address }: SocketAddress): string {
    return this.#names[address] ?? address;
  }
}

/** All fields of this name as one list. */
export function headerOf(text: string, name: string): string {
  return [...text.matchAll(new RegExp(`^${name}: *(.*?)\\r$`, 'gim'))].map(([, value]) => value).join(', ');
}

/** The lines of an INVITE that is answered at once. */
export const inviteLines = (from: string, to: string): string[] => [
  `${from} > ${to}: INVITE`,
  `${to} > ${from}: 200 INVITE`,
  `${from} > ${to}: ACK`,
];

/** The lines of a request and its response. */
export const requestLines = (from: string, to: string, method: string, statusCode = 200): string[] => [
  `${from} > ${to}: ${method}`,
  `${to} > ${from}: ${statusCode} ${method}`,
];
