// The data folder of a phone that is not running: claimed, so that none starts meanwhile.
import { ok, type Result } from '../base/result.ts';
import {
  claimDataFolder,
  Database,
  defaultDataRoot,
  describeDataFolder,
  type DataFolder,
  type FolderFailure,
} from '../storage/index.ts';

export interface FolderAtRest {
  readonly folder: DataFolder;
  readonly database: Database;
  /** Lets a phone have it again. */
  readonly close: () => void;
}

/** The usual folder where none is named; refused while a phone has it. */
export function openFolderAtRest(dataRoot: string | undefined): Result<FolderAtRest, FolderFailure> {
  const folder = describeDataFolder(dataRoot ?? defaultDataRoot(process.platform, process.env));
  const claimed = claimDataFolder(folder);
  if (!claimed.ok) return claimed;
  const database = Database.open(folder.databaseFile);
  return ok({
    folder,
    database,
    close: () => {
      database.close();
      claimed.value();
    },
  });
}
