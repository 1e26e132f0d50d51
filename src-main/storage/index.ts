// The door of storage: what the phone keeps on disk.
export {
  claimDataFolder,
  defaultDataRoot,
  describeDataFolder,
  type DataFolder,
  type FolderFailure,
} from './data-folder.ts';
export { ContactRepository, type ContactRecord } from './contact-repository.ts';
export { Database } from './database.ts';
export { DeliveryRepository, type PendingRecord } from './delivery-repository.ts';
export { GreetingRepository, type GreetingRecord } from './greeting-repository.ts';
export { HistoryRepository, type HistoryQuery, type HistoryRecord, type MachineOutcome } from './history-repository.ts';
export {
  MessageRepository,
  type MessageChange,
  type MessageQuery,
  type MessageRecord,
  type MessageStart,
} from './message-repository.ts';
export { MemorySecrets, SecretFile, type SecretStore } from './secret-store.ts';
export { SoundKeyRing, type MasterKey } from './sound-key-ring.ts';
export { MemorySettings, SettingsFile, type SettingsStore } from './settings-store.ts';
export {
  TextRepository,
  type TextDirection,
  type TextQuery,
  type TextRecord,
  type TextStatus,
} from './text-repository.ts';
