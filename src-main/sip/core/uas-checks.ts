// What is wrong with a request before anybody looks at what it wants, in the RFC's order. RFC 3261 §8.2.
import { Header, type SipRequest } from '../syntax/index.ts';
import { mediaType } from './body.ts';
import { findSessionPart } from './multipart.ts';
import type { ExtraHeaders } from './new-request.ts';
import { isInconsistent } from './secured-uris.ts';
import { KNOWN_METHODS, SESSION_BODY_TYPE, SUPPORTED_OPTIONS } from './user-agent-settings.ts';

export interface Rejection {
  readonly statusCode: number;
  readonly headers: ExtraHeaders;
}

export interface UasCheckContext {
  readonly allowedMethods: readonly string[];
  readonly isMerged: boolean;
}

const reject = (statusCode: number, ...headers: ExtraHeaders): Rejection => ({ statusCode, headers });

/** The response to refuse `request` with; undefined when it may be processed. */
export function checkRequest(request: SipRequest, context: UasCheckContext): Rejection | undefined {
  return (
    checkMethod(request, context) ??
    checkTarget(request) ??
    (context.isMerged ? reject(482) : undefined) ??
    checkRequire(request) ??
    checkContent(request)
  );
}

function checkMethod({ method }: SipRequest, { allowedMethods }: UasCheckContext): Rejection | undefined {
  if (allowedMethods.includes(method)) return undefined;
  // RFC 3261 §8.2.1: a method that is known and not served is 405 with Allow; §21.5.2: one that is not known is 501
  const allow = ['Allow', allowedMethods.join(', ')] as const;
  return reject(KNOWN_METHODS.includes(method) ? 405 : 501, allow);
}

function checkTarget(request: SipRequest): Rejection | undefined {
  // RFC 3261 §8.2.2.1: a Request-URI of a scheme that we do not serve is 416
  if (request.requestUri.kind === 'other') return reject(416);
  // RFC 5630 §5.1.2: URIs that are used inconsistently are 400
  return isInconsistent(request) ? reject(400) : undefined;
}

function checkRequire(request: SipRequest): Rejection | undefined {
  const supported: readonly string[] = SUPPORTED_OPTIONS;
  const unknown = request.headers.all(Header.Require).filter((option) => !supported.includes(option.toLowerCase()));
  // RFC 3261 §8.2.2.3: extensions that we lack are listed in Unsupported
  return unknown.length > 0 ? reject(420, ['Unsupported', unknown.join(', ')]) : undefined;
}

/** Requests whose body negotiates a session. */
const ACCEPTED_BODIES = `${SESSION_BODY_TYPE}, multipart/mixed, multipart/alternative`;
const SESSION_BODY_METHODS = ['INVITE', 'UPDATE', 'PRACK'];

function checkContent(request: SipRequest): Rejection | undefined {
  if (request.body.length === 0 || isOptional(request)) return undefined;
  const encodings = request.headers.all(Header.ContentEncoding).filter((coding) => coding.toLowerCase() !== 'identity');
  // RFC 3261 §8.2.3: content that we cannot read is 415 with what we could
  if (encodings.length > 0) return reject(415, ['Accept-Encoding', 'identity']);
  if (!SESSION_BODY_METHODS.includes(request.method)) return undefined;
  const contentType = request.headers.first('Content-Type') ?? SESSION_BODY_TYPE;
  if (mediaType(contentType) === SESSION_BODY_TYPE) return undefined;
  const content = findSessionPart({ contentType, bytes: request.body }, SESSION_BODY_TYPE);
  if (content.kind === 'malformed' && mediaType(contentType).startsWith('multipart/')) return reject(400);
  // RFC 5621 §3.1: a part that must be understood, and is not, is 415 with what we understand
  return content.kind === 'readable' ? undefined : reject(415, ['Accept', ACCEPTED_BODIES]);
}

/** RFC 3261 §20.11: a body that may be ignored is no reason to refuse. */
function isOptional(request: SipRequest): boolean {
  return request.headers.get(Header.ContentDisposition)?.parameters.get('handling')?.toLowerCase() === 'optional';
}
