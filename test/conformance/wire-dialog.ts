// One end of a call as a test plays it: writes requests and responses as text, header by header, right or wrong as the row wants.
import type { WireMessage } from './wire-message.ts';
import { LOOPBACK, type WirePeer } from './wire-peer.ts';

/** Lines laid over the usual ones: null leaves one out, a list writes it several times. */
export type HeaderLines = Readonly<Record<string, string | readonly string[] | null>>;

export interface RequestParts {
  readonly uri?: string;
  readonly headers?: HeaderLines;
  readonly body?: string;
  readonly branch?: string;
  readonly sequence?: number;
}

export interface SentRequest {
  readonly text: string;
  readonly branch: string;
  readonly sequence: number;
}

export interface ResponseParts {
  readonly headers?: HeaderLines;
  readonly body?: string;
  readonly reasonPhrase?: string;
  readonly tag?: string | null;
}

let count = 0;
/** Different at each call, also between rows. */
export const unique = (what: string): string => `${what}${process.pid}x${++count}`;

export const sdpOffer = (port = 49_170, direction = 'sendrecv', version = 1): string =>
  [
    'v=0',
    `o=peer 2890844526 ${version} IN IP4 ${LOOPBACK}`,
    's=-',
    `c=IN IP4 ${LOOPBACK}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 0`,
    'a=rtpmap:0 PCMU/8000',
    `a=${direction}`,
    '',
  ].join('\r\n');

/** A message from its lines; Content-Length is right unless the headers say otherwise. */
export function messageText(startLine: string, usual: HeaderLines, headers: HeaderLines = {}, body = ''): string {
  const lines: Record<string, string | readonly string[] | null> = {
    ...usual,
    ...(body !== '' && { 'Content-Type': 'application/sdp' }),
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const written = Object.entries(lines).flatMap(([name, value]) =>
    value === null ? [] : [value].flat().map((one) => `${name}: ${one}`),
  );
  return `${[startLine, ...written].join('\r\n')}\r\n\r\n${body}`;
}

export class WireDialog {
  readonly peer: WirePeer;
  readonly callId: string;
  readonly localTag = unique('t');
  /** Address of this end and of the phone, without tags. */
  readonly local: string;
  readonly remote: string;
  remoteTag: string | undefined;
  /** Request-URI of what is sent: the phone's address, then its Contact. */
  target: string;
  sequence = 0;

  constructor(peer: WirePeer, local: string, remote: string, callId = unique('call')) {
    this.peer = peer;
    this.local = local;
    this.remote = remote;
    this.target = remote;
    this.callId = callId;
  }

  /** The end that `invite` of the phone came to. */
  static of(peer: WirePeer, invite: WireMessage): WireDialog {
    const dialog = new WireDialog(peer, invite.uri('To'), invite.uri('From'), invite.header('Call-ID'));
    dialog.remoteTag = invite.parameter('From', 'tag');
    dialog.target = invite.uri('Contact');
    return dialog;
  }

  get contact(): string {
    const suffix = this.peer.transport === 'tcp' ? ';transport=tcp' : '';
    return `<sip:peer@${LOOPBACK}:${this.peer.port}${suffix}>`;
  }

  via(branch: string): string {
    return `SIP/2.0/${this.peer.transport.toUpperCase()} ${LOOPBACK}:${this.peer.port};branch=${branch};rport`;
  }

  build(method: string, parts: RequestParts = {}): SentRequest {
    const { branch = unique('z9hG4bK'), uri = this.target } = parts;
    const sequence = parts.sequence ?? (method === 'ACK' || method === 'CANCEL' ? this.sequence : ++this.sequence);
    const toTag = this.remoteTag === undefined ? '' : `;tag=${this.remoteTag}`;
    const usual: HeaderLines = {
      Via: this.via(branch),
      'Max-Forwards': '70',
      From: `<${this.local}>;tag=${this.localTag}`,
      To: `<${this.remote}>${toTag}`,
      'Call-ID': this.callId,
      CSeq: `${sequence} ${method}`,
      Contact: this.contact,
    };
    return { text: messageText(`${method} ${uri} SIP/2.0`, usual, parts.headers, parts.body), branch, sequence };
  }

  async send(method: string, parts: RequestParts = {}): Promise<SentRequest> {
    const sent = this.build(method, parts);
    await this.peer.send(sent.text);
    return sent;
  }

  /** An INVITE with an offer. */
  invite(parts: RequestParts = {}): Promise<SentRequest> {
    return this.send('INVITE', { body: sdpOffer(), ...parts });
  }

  /** Takes tag and remote target of a response that makes the dialog. */
  adopt(response: WireMessage): void {
    this.remoteTag = response.tag;
    if (response.has('Contact')) this.target = response.uri('Contact');
  }

  /** ACK of a 2xx is a request of its own; of a refusal it repeats the INVITE's branch. */
  async ack(response: WireMessage, invite?: SentRequest): Promise<void> {
    if (response.status >= 300) {
      await this.send('ACK', {
        ...{ branch: response.branch, sequence: response.sequence },
        headers: { To: response.header('To'), Contact: null },
        ...(invite && { uri: invite.text.split(' ')[1] ?? this.target }),
      });
      return;
    }
    this.adopt(response);
    await this.send('ACK', { sequence: response.sequence });
  }

  /** CANCEL of an INVITE of ours. RFC 3261 §9.1 */
  async cancel(invite: SentRequest, headers: HeaderLines = {}): Promise<void> {
    const uri = invite.text.split(' ')[1] ?? this.target;
    const parts = { branch: invite.branch, sequence: invite.sequence, uri, headers: { Contact: null, ...headers } };
    const toTag = this.remoteTag;
    this.remoteTag = undefined;
    const sent = this.build('CANCEL', parts);
    this.remoteTag = toTag;
    await this.peer.send(sent.text);
  }

  respond(request: WireMessage, status: number, parts: ResponseParts = {}): Promise<void> {
    const { tag = this.localTag, reasonPhrase = 'Because' } = parts;
    const to = request.header('To');
    const needsTag = status > 100 && tag !== null && request.tag === undefined;
    const usual: HeaderLines = {
      Via: request.headers('Via'),
      'Record-Route': request.headers('Record-Route'),
      From: request.header('From'),
      To: needsTag ? `${to};tag=${tag}` : to,
      'Call-ID': request.header('Call-ID'),
      CSeq: request.header('CSeq'),
      ...(request.method === 'INVITE' && status > 100 && status < 300 && { Contact: this.contact }),
    };
    return this.peer.send(messageText(`SIP/2.0 ${status} ${reasonPhrase}`, usual, parts.headers, parts.body));
  }
}
