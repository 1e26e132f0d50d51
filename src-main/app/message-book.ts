// The voice messages of a phone that is not running.
import { join } from 'node:path';
import type { VoiceMessage } from '../../src-shared/contract/index.ts';
import { ok, type Result } from '../base/result.ts';
import { nodeRuntime } from '../base/runtime.ts';
import {
  claimDataFolder,
  Database,
  defaultDataRoot,
  describeDataFolder,
  MessageRepository,
  type FolderFailure,
  type MessageRecord,
} from '../storage/index.ts';

export interface MessageBook {
  list(): Promise<readonly VoiceMessage[]>;
  delete(messageId: string): Promise<void>;
  close(): void;
}

/** A message as the contract shows it. */
export function toVoiceMessage(record: MessageRecord, messagesFolder: string): VoiceMessage {
  return {
    id: record.id,
    accountId: record.accountId,
    from: { displayName: record.fromName, address: record.fromAddress },
    receivedAtMs: record.receivedAtMs,
    durationSec: record.durationSec,
    file: join(messagesFolder, record.file),
    wantsCallBack: record.wantsCallBack,
    isHeard: record.isHeard,
    isMarked: record.isMarked,
    note: record.note,
    transcript: record.transcript,
    waveForm: [...record.waveForm],
    ...(record.deletedAtMs !== undefined && { deletedAtMs: record.deletedAtMs }),
  };
}

export function openMessageBook(dataRoot: string | undefined): Result<MessageBook, FolderFailure> {
  const folder = describeDataFolder(dataRoot ?? defaultDataRoot(process.platform, process.env));
  const claimed = claimDataFolder(folder);
  if (!claimed.ok) return claimed;
  const database = Database.open(folder.databaseFile);
  const messages = new MessageRepository(database);
  return ok({
    list: () => Promise.resolve(messages.list().map((record) => toVoiceMessage(record, folder.messagesFolder))),
    delete: (messageId) => {
      messages.change(messageId, { deletedAtMs: nodeRuntime().wallMs() });
      return Promise.resolve();
    },
    close: () => {
      database.close();
      claimed.value();
    },
  });
}
