// The voice messages of a phone that is not running.
import { join } from 'node:path';
import type { VoiceMessage } from '../../src-shared/contract/index.ts';
import { ok, type Result } from '../base/result.ts';
import { nodeRuntime } from '../base/runtime.ts';
import { exportSoundHere, type SoundKey } from '../media/index.ts';
import { openFolderAtRest } from './folder-at-rest.ts';
import { formatOf } from './message-export.ts';
import {
  MessageRepository,
  SecretFile,
  SoundKeyRing,
  type DataFolder,
  type FolderFailure,
  type MessageRecord,
  type SecretStore,
} from '../storage/index.ts';

export interface MessageBook {
  list(): Promise<readonly VoiceMessage[]>;
  delete(messageId: string): Promise<void>;
  /** Copies the sound into a file for other programs; rejects with the reason. */
  export(message: VoiceMessage, file: string): Promise<void>;
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

/** Those that no running app has to open: a key in the platform's own store is not among them. */
async function keysOf(folder: DataFolder): Promise<readonly SoundKey[]> {
  const secrets = (): SecretStore => new SecretFile(folder.secretsFile, folder.secretsKeyFile);
  return (await SoundKeyRing.open({ secrets, listFile: folder.soundKeysFile, keyFile: null })).keys;
}

export function openMessageBook(dataRoot: string | undefined): Result<MessageBook, FolderFailure> {
  const opened = openFolderAtRest(dataRoot);
  if (!opened.ok) return opened;
  const { folder, database, close } = opened.value;
  const messages = new MessageRepository(database);
  return ok({
    list: () => Promise.resolve(messages.list().map((record) => toVoiceMessage(record, folder.messagesFolder))),
    delete: (messageId) => {
      messages.change(messageId, { deletedAtMs: nodeRuntime().wallMs() });
      return Promise.resolve();
    },
    export: async ({ file: sound }, file) => {
      const exported = await exportSoundHere(sound, file, formatOf(file), await keysOf(folder));
      if (!exported.ok) throw new Error(exported.error.message);
    },
    close,
  });
}
