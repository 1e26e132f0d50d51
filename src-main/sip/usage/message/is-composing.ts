// "Is writing": application/im-iscomposing+xml. RFC 3994 §3.
import { childText, parseXml } from '../event-body/xml.ts';

export const IS_COMPOSING_TYPE = 'application/im-iscomposing+xml';

/** RFC 3994 §3.2: what is not refreshed goes stale. */
const DEFAULT_REFRESH_SEC = 120;

export interface ComposingState {
  readonly isComposing: boolean;
  readonly refreshSec: number;
}

export function parseIsComposing(text: string): ComposingState | undefined {
  const root = parseXml(text);
  if (root?.name !== 'isComposing') return undefined;
  const refresh = Number(childText(root, 'refresh'));
  const isUsable = Number.isFinite(refresh) && refresh >= 1 && refresh <= 600;
  return { isComposing: childText(root, 'state') === 'active', refreshSec: isUsable ? refresh : DEFAULT_REFRESH_SEC };
}

export const formatIsComposing = (isComposing: boolean): string =>
  '<?xml version="1.0" encoding="UTF-8"?>\n<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing">' +
  `<state>${isComposing ? 'active' : 'idle'}</state><contenttype>text/plain</contenttype>` +
  `${isComposing ? '<refresh>60</refresh>' : ''}</isComposing>\n`;
