// The call history of a phone that is not running.
import type { HistoryEntry } from '../../src-shared/contract/index.ts';
import { ok, type Result } from '../base/result.ts';
import { HistoryRepository, type FolderFailure, type HistoryQuery } from '../storage/index.ts';
import { openFolderAtRest } from './folder-at-rest.ts';
import { toHistoryEntry } from './view-model.ts';

export interface HistoryBook {
  /** Newest first. */
  list(query: Pick<HistoryQuery, 'limit' | 'search'>): Promise<readonly HistoryEntry[]>;
  close(): void;
}

/** Refused while a phone has the folder. */
export function openHistoryBook(dataRoot: string | undefined): Result<HistoryBook, FolderFailure> {
  const opened = openFolderAtRest(dataRoot);
  if (!opened.ok) return opened;
  const { database, close } = opened.value;
  const history = new HistoryRepository(database);
  return ok({ list: (query) => Promise.resolve(history.list(query).map(toHistoryEntry)), close });
}
