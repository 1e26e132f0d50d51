// The same work in five stacks: read an INVITE from the bytes of a datagram, look at all that routing needs, and write its 200 as bytes.
import { createRequire } from 'node:module';
import { buildResponse, Header, parseMessage, serializeMessage } from '../../src-main/sip/syntax/index.ts';

/** Takes the bytes of a datagram and returns those of the answer. */
export type Contestant = (datagram: Buffer) => Uint8Array;

const TAG = '8321234356';
const CONTACT = 'sip:bob@192.0.2.4:5062';
const require = createRequire(import.meta.url);

/** What a phone asks of a request before it can route and answer it. */
interface Routing {
  readonly branch: string | undefined;
  readonly host: string | undefined;
  readonly fromTag: string | undefined;
  readonly toTag: string | undefined;
  readonly callId: string | undefined;
  readonly sequence: number;
  readonly maxForwards: number;
  readonly contact: string | undefined;
  readonly routes: number;
  readonly user: string | undefined;
}

/** So that no compiler leaves the reading out. */
export const seen = { total: 0 };
function use({ branch, host, fromTag, toTag, callId, sequence, maxForwards, contact, routes, user }: Routing): void {
  if (!branch || !host || !fromTag || toTag || !callId || !contact || !user) throw new Error('misread');
  seen.total += sequence + maxForwards + routes + branch.length + host.length;
}

export function nightjar(datagram: Buffer): Uint8Array {
  const parsed = parseMessage(datagram);
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('misread');
  const request = parsed.value;
  const { headers, requestUri } = request;
  const via = headers.get(Header.Via);
  const contact = headers.get(Header.Contact)?.uri;
  use({
    branch: via?.branch,
    host: via?.host,
    fromTag: headers.get(Header.From)?.tag,
    toTag: headers.get(Header.To)?.tag,
    callId: headers.get(Header.CallId),
    sequence: headers.get(Header.CSeq)?.sequence ?? 0,
    maxForwards: headers.get(Header.MaxForwards) ?? 0,
    contact: contact?.kind === 'sip' ? contact.host : undefined,
    routes: headers.all(Header.RecordRoute).length + headers.all(Header.Route).length,
    user: requestUri.kind === 'sip' ? requestUri.user : undefined,
  });
  const response = buildResponse(request, 200, 'OK', { toTag: TAG, headers: [['Contact', `<${CONTACT}>`]] });
  response.headers.copyFrom(headers, 'Record-Route');
  return serializeMessage(response);
}

interface KirmAddress {
  readonly uri: string;
  readonly params: Record<string, string | undefined>;
}
interface KirmMessage {
  readonly uri: string;
  readonly headers: {
    readonly via: readonly { readonly host: string; readonly params: Record<string, string | undefined> }[];
    readonly from: KirmAddress;
    readonly to: KirmAddress;
    readonly contact: KirmAddress[];
    readonly cseq: { readonly seq: number };
    readonly 'call-id': string;
    readonly 'max-forwards': string;
    readonly 'record-route'?: readonly KirmAddress[];
  };
}
interface Kirm {
  parse: (text: string) => KirmMessage;
  parseUri: (uri: string) => { readonly user?: string; readonly host: string };
  makeResponse: (request: KirmMessage, status: number, reason: string) => KirmMessage;
  stringify: (message: KirmMessage) => string;
}

/** Its reader is not exported by `sip`'s main file, but its door is the file beside. */
export function loadSip(): Contestant {
  const sip = require('sip/sip') as Kirm;
  return (datagram) => {
    const request = sip.parse(datagram.toString('latin1'));
    const { headers } = request;
    use({
      branch: headers.via[0]?.params['branch'],
      host: headers.via[0]?.host,
      fromTag: headers.from.params['tag'],
      toTag: headers.to.params['tag'],
      callId: headers['call-id'],
      sequence: headers.cseq.seq,
      maxForwards: Number(headers['max-forwards']),
      contact: sip.parseUri(headers.contact[0]?.uri ?? '').host,
      routes: headers['record-route']?.length ?? 0,
      user: sip.parseUri(request.uri).user,
    });
    const response = sip.makeResponse(request, 200, 'OK');
    response.headers.to.params['tag'] = TAG;
    Object.assign(response.headers, {
      contact: [{ uri: CONTACT, params: {} }],
      'record-route': headers['record-route'],
    });
    return Buffer.from(sip.stringify(response), 'latin1');
  };
}

interface DrachtioMessage {
  uri: string;
  set: (name: string, value: string) => DrachtioMessage;
  get: (name: string) => string;
  has: (name: string) => boolean;
  getParsedHeader: (name: string) => unknown;
  toString: () => string;
}
interface DrachtioAddress {
  readonly uri: string;
  readonly params: Record<string, string | undefined>;
}

export function loadDrachtio(): Contestant {
  const SipMessage = require('drachtio-srf/lib/sip-parser/message') as new (text?: unknown) => DrachtioMessage;
  const { parseUri } = require('drachtio-srf/lib/sip-parser/parser') as {
    parseUri: (uri: string) => { readonly user?: string; readonly host: string };
  };
  return (datagram) => {
    const request = new SipMessage(datagram.toString('latin1'));
    const [via] = request.getParsedHeader('via') as { host: string; params: Record<string, string | undefined> }[];
    const from = request.getParsedHeader('from') as DrachtioAddress;
    const to = request.getParsedHeader('to') as DrachtioAddress;
    const [contact] = request.getParsedHeader('contact') as DrachtioAddress[];
    use({
      branch: via?.params['branch'],
      host: via?.host,
      fromTag: from.params['tag'],
      toTag: to.params['tag'],
      callId: request.get('call-id'),
      sequence: (request.getParsedHeader('cseq') as { seq: number }).seq,
      maxForwards: Number(request.get('max-forwards')),
      contact: parseUri(contact?.uri ?? '').host,
      routes: (request.getParsedHeader('record-route') as unknown[]).length,
      user: parseUri(request.uri).user,
    });
    const response = new SipMessage({ status: 200, reason: 'OK', version: '2.0', headers: {} });
    for (const name of ['via', 'record-route', 'from', 'call-id', 'cseq']) response.set(name, request.get(name));
    response.set('to', `${request.get('to')};tag=${TAG}`).set('contact', `<${CONTACT}>`);
    return Buffer.from(response.toString(), 'latin1');
  };
}

interface JsSipRequest {
  readonly via: { readonly host: string; readonly branch: string };
  readonly via_branch: string;
  readonly from_tag: string;
  readonly to_tag: string | undefined;
  readonly call_id: string;
  readonly cseq: number;
  readonly ruri: { readonly user: string };
  getHeader: (name: string) => string;
  getHeaders: (name: string) => readonly string[];
  parseHeader: (name: string) => { readonly uri: { readonly host: string } };
  reply: (code: number, reason: string, extraHeaders: readonly string[]) => void;
}

export function loadJsSip(): Contestant {
  const { parseMessage: parse } = require('jssip/lib/Parser') as {
    parseMessage: (text: string, agent: unknown) => JsSipRequest;
  };
  let sent = '';
  const agent = {
    configuration: {},
    contact: {},
    transport: { send: (text: string) => ((sent = text), true) },
  };
  return (datagram) => {
    const request = parse(datagram.toString('latin1'), agent);
    Object.assign(request, {
      transport: agent.transport,
      server_transaction: { receiveResponse: (_code: number, text: string) => (sent = text) },
    });
    use({
      branch: request.via_branch,
      host: request.via.host,
      fromTag: request.from_tag,
      toTag: request.to_tag,
      callId: request.call_id,
      sequence: request.cseq,
      maxForwards: Number(request.getHeader('max-forwards')),
      contact: request.parseHeader('contact').uri.host,
      routes: request.getHeaders('record-route').length,
      user: request.ruri.user,
    });
    request.reply(200, 'OK', [`Contact: <${CONTACT}>`]);
    return Buffer.from(sent, 'latin1');
  };
}

interface SipJsRequest {
  readonly via: { readonly host: string };
  readonly viaBranch: string;
  readonly fromTag: string;
  readonly toTag: string | undefined;
  readonly callId: string;
  readonly cseq: number;
  readonly ruri: { readonly user: string };
  getHeader: (name: string) => string;
  getHeaders: (name: string) => readonly string[];
  parseHeader: (name: string) => { readonly uri: { readonly host: string } };
}

export async function loadSipJs(): Promise<Contestant> {
  // WHY: a name in a variable is not followed by the compiler; the package's types want a browser.
  const folder = 'sip.js/lib/core/messages';
  const { Parser } = (await import(`${folder}/parser.js`)) as {
    Parser: { parseMessage: (text: string, logger: unknown) => SipJsRequest };
  };
  const { constructOutgoingResponse } = (await import(`${folder}/outgoing-response.js`)) as {
    constructOutgoingResponse: (request: SipJsRequest, options: unknown) => { readonly message: string };
  };
  const logger = { warn: () => {}, error: () => {}, debug: () => {}, log: () => {} };
  return (datagram) => {
    const request = Parser.parseMessage(datagram.toString('latin1'), logger);
    use({
      branch: request.viaBranch,
      host: request.via.host,
      fromTag: request.fromTag,
      toTag: request.toTag,
      callId: request.callId,
      sequence: request.cseq,
      maxForwards: Number(request.getHeader('max-forwards')),
      contact: request.parseHeader('contact').uri.host,
      routes: request.getHeaders('record-route').length,
      user: request.ruri.user,
    });
    const recordRoutes = request.getHeaders('record-route').map((route) => `Record-Route: ${route}`);
    const extraHeaders = [...recordRoutes, `Contact: <${CONTACT}>`];
    const options = { statusCode: 200, reasonPhrase: 'OK', toTag: TAG, extraHeaders };
    return Buffer.from(constructOutgoingResponse(request, options).message, 'latin1');
  };
}
