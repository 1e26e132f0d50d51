// From contacts, texts and presence to their slices of the view.
import type {
  AccountView,
  ContactView,
  Conversation,
  PresenceView,
  TextMessage,
} from '../../src-shared/contract/index.ts';
import type { Texts } from '../features/messaging/index.ts';
import type { OwnPresence, WatchedPerson } from '../features/presence/index.ts';
import type { MessageSummary } from '../sip/usage/index.ts';
import type { ContactRecord, TextRecord } from '../storage/index.ts';

const MAX_CONVERSATIONS = 50;

export const toContactView = (record: ContactRecord): ContactView => ({ ...record });

export function toTextMessage({ remoteName, remoteAddress, ...rest }: TextRecord): TextMessage {
  return { ...rest, remote: { displayName: remoteName, address: remoteAddress } };
}

/** From the newest texts: one entry an address, with the name that came with it. */
export function toConversations({ recent, unread, composing }: Texts): Conversation[] {
  const byAddress = new Map<string, Conversation>();
  for (const { remoteAddress, remoteName, accountId, text, atMs } of recent) {
    const known = byAddress.get(remoteAddress);
    if (known) {
      if (known.displayName === '') byAddress.set(remoteAddress, { ...known, displayName: remoteName });
      continue;
    }
    byAddress.set(remoteAddress, {
      ...{ address: remoteAddress, displayName: remoteName, accountId, lastText: text.slice(0, 200), lastAtMs: atMs },
      ...{ unreadCount: unread.get(remoteAddress) ?? 0, isComposing: composing.has(remoteAddress) },
    });
  }
  return [...byAddress.values()].slice(0, MAX_CONVERSATIONS);
}

export function toPresenceView(own: OwnPresence | undefined, watched: readonly WatchedPerson[]): PresenceView {
  return {
    own: own ?? null,
    watched: watched.map(({ address, accountId, presence, line, reason }) => ({
      ...{ address, accountId, activity: presence?.activity ?? null, note: presence?.note ?? '', line: line ?? null },
      ...(reason !== undefined && { reason }),
    })),
  };
}

export function toVoicemail(summary: MessageSummary | undefined): AccountView['voicemail'] {
  if (!summary) return null;
  const { isWaiting, newCount = null, oldCount = null, address = null } = summary;
  return { isWaiting, newCount, oldCount, address };
}
