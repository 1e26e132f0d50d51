// What became of a message at the other end: message/imdn+xml. RFC 5438 §7.
import { childOf, childText, escapeXml, parseXml } from '../event-body/xml.ts';

export const IMDN_TYPE = 'message/imdn+xml';

export type Disposition = 'delivered' | 'displayed' | 'failed';

export interface ImdnReport {
  readonly messageId: string;
  readonly disposition: Disposition;
}

const MAX_ID_LENGTH = 128;

export function parseImdn(text: string): ImdnReport | undefined {
  const root = parseXml(text);
  const messageId = childText(root, 'message-id');
  if (root?.name !== 'imdn' || messageId === '' || messageId.length > MAX_ID_LENGTH) return undefined;
  const delivery = childOf(childOf(root, 'delivery-notification'), 'status');
  const display = childOf(childOf(root, 'display-notification'), 'status');
  if (childOf(display, 'displayed')) return { messageId, disposition: 'displayed' };
  if (childOf(delivery, 'delivered')) return { messageId, disposition: 'delivered' };
  if (childOf(delivery, 'failed') ?? childOf(delivery, 'forbidden')) return { messageId, disposition: 'failed' };
  return undefined;
}

/** RFC 5438 §7.2: a report on the message of that id, which came at `dateTime`. */
export function formatImdn({ messageId, disposition }: ImdnReport, dateTime: string): string {
  const kind = disposition === 'displayed' ? 'display' : 'delivery';
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<imdn xmlns="urn:ietf:params:xml:ns:imdn">' +
    `<message-id>${escapeXml(messageId)}</message-id><datetime>${escapeXml(dateTime)}</datetime>` +
    `<${kind}-notification><status><${disposition}/></status></${kind}-notification></imdn>\n`
  );
}
