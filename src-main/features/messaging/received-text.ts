// What an incoming MESSAGE says: a text, a report on one of ours, or that somebody writes. Pure. RFC 3428 §7, RFC 3862, RFC 5438.
import { bodyText, mediaType, type Body } from '../../sip/core/index.ts';
import {
  CPIM_TYPE,
  IMDN_TYPE,
  IS_COMPOSING_TYPE,
  parseCpim,
  parseImdn,
  parseIsComposing,
  type Disposition,
} from '../../sip/usage/index.ts';

export type ReceivedText =
  | { readonly kind: 'text'; readonly text: string; readonly wish?: ReportWish }
  | { readonly kind: 'report'; readonly messageId: string; readonly disposition: Disposition }
  | { readonly kind: 'composing'; readonly isComposing: boolean; readonly refreshSec: number }
  | { readonly kind: 'refused'; readonly statusCode: 400 | 413 | 415 };

/** The sender wants to hear what becomes of the message. RFC 5438 §6.1 */
export interface ReportWish {
  readonly messageId: string;
  readonly isDelivery: boolean;
  readonly isDisplay: boolean;
}

export const ACCEPTED_TEXT_TYPES = ['text/plain', CPIM_TYPE, IS_COMPOSING_TYPE, IMDN_TYPE] as const;

/** Longer texts are no texts. */
const MAX_TEXT_BYTES = 16_384;

export function readText(body: Body | undefined): ReceivedText {
  if (!body) return { kind: 'text', text: '' };
  if (body.bytes.length > MAX_TEXT_BYTES) return { kind: 'refused', statusCode: 413 };
  const text = bodyText(body);
  switch (mediaType(body.contentType)) {
    case 'text/plain':
      return { kind: 'text', text: onlyText(text) };
    case CPIM_TYPE:
      return readCpim(text);
    case IS_COMPOSING_TYPE: {
      const state = parseIsComposing(text);
      return state ? { kind: 'composing', ...state } : { kind: 'refused', statusCode: 400 };
    }
    case IMDN_TYPE:
      return readReport(text);
    default:
      // RFC 3428 §7: a type that is not read is 415, with those that are
      return { kind: 'refused', statusCode: 415 };
  }
}

function readCpim(wrapped: string): ReceivedText {
  const message = parseCpim(wrapped);
  if (!message) return { kind: 'refused', statusCode: 400 };
  const type = mediaType(message.contentType);
  if (type === IMDN_TYPE) return readReport(message.text);
  if (type !== 'text/plain') return { kind: 'refused', statusCode: 415 };
  const text = onlyText(message.text);
  const messageId = message.headers.get('Message-ID') ?? '';
  const wishes = (message.headers.get('Disposition-Notification') ?? '').split(',').map((wish) => wish.trim());
  if (messageId === '' || messageId.length > 128) return { kind: 'text', text };
  const isDelivery = wishes.includes('positive-delivery');
  return { kind: 'text', text, wish: { messageId, isDelivery, isDisplay: wishes.includes('display') } };
}

function readReport(text: string): ReceivedText {
  const report = parseImdn(text);
  return report ? { kind: 'report', ...report } : { kind: 'refused', statusCode: 400 };
}

/** Control characters other than line ends and tabs have no place in a text. */
const onlyText = (text: string): string =>
  text.replaceAll('\r\n', '\n').replace(/\p{Cc}/gu, (sign) => (sign === '\n' || sign === '\t' ? sign : ''));
