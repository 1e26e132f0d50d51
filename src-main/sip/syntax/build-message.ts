// New requests and responses with the headers that they must have. RFC 3261 §8.1.1, §8.2.6, §21.4.1.
import { HeaderLine } from './header-line.ts';
import { HeaderList } from './header-list.ts';
import { CSeq, CallId, Contact, ContentType, From, MaxForwards, Route, To, Via } from './headers.ts';
import type { MediaType } from './header-values.ts';
import { NO_BODY, SipRequest, SipResponse } from './message.ts';
import type { NameAddress } from './name-address.ts';
import { Parameters } from './parameters.ts';
import type { ParseFailure } from './parse-failure.ts';
import { REASON_PHRASES } from './reason-phrases.ts';
import type { Uri } from './uri.ts';
import { Via as ViaValue } from './via.ts';

/** RFC 3261 §8.1.1.6: what a user agent starts with. */
const INITIAL_MAX_FORWARDS = 70;

export interface RequestOptions {
  readonly method: string;
  readonly requestUri: Uri;
  readonly from: NameAddress;
  readonly to: NameAddress;
  readonly callId: string;
  /** The sequence number; the method is that of the request. */
  readonly cseq: number;
  /** Makes a top Via with this branch, whose transport and sent-by the transport fills in. */
  readonly branch?: string;
  readonly routes?: readonly NameAddress[];
  readonly contact?: NameAddress;
  readonly maxForwards?: number;
  /** Further headers, added in order. */
  readonly headers?: Iterable<readonly [name: string, value: string]>;
  readonly contentType?: MediaType | string;
  readonly body?: Uint8Array | string;
}

/** A Via that carries `branch` and waits for the transport to say which way the request goes. */
export function viaWithBranch(branch: string): ViaValue {
  return new ViaValue({ transport: 'UDP', host: '0.0.0.0', parameters: Parameters.of({ branch }) });
}

/** A request with the six headers of RFC 3261 §8.1.1, in the order in which proxies like to read them. */
export function buildRequest(options: RequestOptions): SipRequest {
  const headers = new HeaderList();
  if (options.branch !== undefined) headers.add(Via, viaWithBranch(options.branch));
  headers.add(Route, ...(options.routes ?? []));
  headers.add(MaxForwards, options.maxForwards ?? INITIAL_MAX_FORWARDS);
  headers.add(From, options.from);
  headers.add(To, options.to);
  headers.add(CallId, options.callId);
  headers.add(CSeq, { sequence: options.cseq, method: options.method });
  if (options.contact) headers.add(Contact, options.contact);
  const body = addContent(headers, options);
  return new SipRequest({ method: options.method, requestUri: options.requestUri, headers, body });
}

export interface ResponseOptions {
  /** Put into To where the request has none and the response is not a 100. */
  readonly toTag?: string;
  readonly contact?: NameAddress;
  readonly headers?: Iterable<readonly [name: string, value: string]>;
  readonly contentType?: MediaType | string;
  readonly body?: Uint8Array | string;
}

/** RFC 3261 §8.2.6.2: From, Call-ID, CSeq, the Vias and To are those of the request. Record-Route is the caller's. */
export function buildResponse(
  request: SipRequest,
  statusCode: number,
  reasonPhrase?: string,
  options: ResponseOptions = {},
): SipResponse {
  // RFC 3261 §8.2.6.2: a To without tag gets one, except in a 100.
  const isTagWanted = statusCode > 100 && request.to.tag === undefined;
  const headers = echoedHeaders(request.headers, isTagWanted ? options.toTag : undefined);
  // RFC 3261 §8.2.6.1: a 100 carries the Timestamp of the request.
  if (statusCode === 100) headers.copyFrom(request.headers, 'Timestamp');
  if (options.contact) headers.add(Contact, options.contact);
  const body = addContent(headers, options);
  return new SipResponse({ statusCode, reasonPhrase: reasonPhrase ?? reasonPhraseOf(statusCode), headers, body });
}

/** RFC 3261 §8.2.6.2: what a response says as the request does, in the request's order. */
function echoedHeaders(source: HeaderList, toTag?: string): HeaderList {
  const headers = new HeaderList();
  for (const line of source.entries()) {
    if (!line.header.isEchoed) continue;
    const isTagged = toTag !== undefined && line.header === To.header;
    headers.appendLine(isTagged ? HeaderLine.of(To.header, `${line.value};tag=${toTag}`) : line);
  }
  return headers;
}

type Content = Pick<ResponseOptions, 'headers' | 'contentType' | 'body'>;

/** Adds the caller's headers and Content-Type, and returns the body. */
function addContent(headers: HeaderList, { headers: more, contentType, body }: Content): Uint8Array {
  if (more) for (const [name, value] of more) headers.append(name, value);
  if (typeof contentType === 'string') headers.set(ContentType.name, contentType);
  else if (contentType) headers.put(ContentType, contentType);
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : (body ?? NO_BODY);
}

/** The usual phrase, or that of the class. RFC 3261 §21. */
export function reasonPhraseOf(statusCode: number): string {
  return REASON_PHRASES[statusCode] ?? REASON_PHRASES[Math.floor(statusCode / 100) * 100] ?? 'Unknown';
}

/**
 * The stateless answer to a request that could not be read, or undefined when too little of it could.
 * Headers are echoed as they came, so only `topVia` of the answer may be asked for.
 */
export function buildRejection({ request, statusCode, message }: ParseFailure): SipResponse | undefined {
  // RFC 3261 §17.1.1.3: nothing ever answers an ACK.
  if (!request || request.method === 'ACK' || !request.headers.get(Via)) return undefined;
  const headers = echoedHeaders(request.headers);
  // RFC 3261 §21.4.1: the reason phrase should say what is wrong.
  const reasonPhrase = statusCode === 400 ? `Bad Request: ${message}` : reasonPhraseOf(statusCode);
  return new SipResponse({ statusCode, reasonPhrase, headers });
}
