// What a message carries, as opaque bytes with a type. RFC 3261 §7.4, §20.11, §20.15.
import type { SipMessage } from '../syntax/index.ts';
import { findSessionPart } from './multipart.ts';
import { SESSION_BODY_TYPE } from './user-agent-settings.ts';

/** A message body. SIP core never looks into it. */
export interface Body {
  /** As in Content-Type, for example `application/sdp`. */
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** As in Content-Disposition; absent means the type's default. */
  readonly disposition?: string;
}

/** A body of text. */
export function textBody(contentType: string, text: string): Body {
  return { contentType, bytes: new TextEncoder().encode(text) };
}

/** The text of a body; bytes that are not UTF-8 become replacement characters. */
export function bodyText(body: Body): string {
  return new TextDecoder().decode(body.bytes);
}

/** The body of a message, or the session description within several parts; undefined when it is empty. RFC 5621 §3 */
export function bodyOf(message: SipMessage): Body | undefined {
  const body = wholeBodyOf(message);
  if (!body || !isMultipart(body)) return body;
  const content = findSessionPart(body, SESSION_BODY_TYPE);
  return (content.kind === 'readable' ? content.part : undefined) ?? body;
}

/** The session description of a message; a body of another kind that got so far may be ignored. RFC 3261 §20.11 */
export function sessionBodyOf(message: SipMessage): Body | undefined {
  const body = bodyOf(message);
  if (!body || message.headers.first('Content-Type') === undefined) return body;
  return mediaType(body.contentType) === SESSION_BODY_TYPE ? body : undefined;
}

export const isMultipart = ({ contentType }: Body): boolean => mediaType(contentType).startsWith('multipart/');

/** The body as it came, all its parts in one. */
export function wholeBodyOf(message: SipMessage): Body | undefined {
  if (message.body.length === 0) return undefined;
  const disposition = message.headers.first('Content-Disposition');
  return {
    contentType: message.headers.first('Content-Type') ?? 'application/octet-stream',
    bytes: message.body,
    ...(disposition !== undefined && { disposition }),
  };
}

/** Puts a body and its headers into a message; undefined changes nothing. */
export function putBody(message: SipMessage, body: Body | undefined): void {
  if (!body) return;
  message.body = body.bytes;
  message.headers.set('Content-Type', body.contentType);
  if (body.disposition !== undefined) message.headers.set('Content-Disposition', body.disposition);
}

/** `application/sdp` of `Application/SDP;charset=utf-8`. */
export function mediaType(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}
