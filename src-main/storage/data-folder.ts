// The folder that holds everything of one phone: settings, database, messages, recordings. One phone at a time owns it.
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { homedir, uptime } from 'node:os';
import { join } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';

export interface DataFolder {
  readonly root: string;
  readonly databaseFile: string;
  readonly settingsFile: string;
  readonly secretsFile: string;
  readonly secretsKeyFile: string;
  /** The names of the keys by which messages are encrypted. */
  readonly soundKeysFile: string;
  readonly messagesFolder: string;
  readonly recordingsFolder: string;
  readonly greetingsFolder: string;
  /** Where the control socket is unless `--control` says otherwise; a named pipe on Windows. */
  readonly controlPath: string;
}

export interface FolderFailure {
  readonly kind: 'inUse' | 'notWritable';
  readonly message: string;
}

/** The platform's application data folder. */
export function defaultDataRoot(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): string {
  const home = homedir();
  if (platform === 'win32') return join(environment['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Nightjar');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Nightjar');
  return join(environment['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'nightjar');
}

export function describeDataFolder(root: string, platform: NodeJS.Platform = process.platform): DataFolder {
  return {
    root,
    databaseFile: join(root, 'nightjar.db'),
    settingsFile: join(root, 'settings.json'),
    secretsFile: join(root, 'secrets.json'),
    secretsKeyFile: join(root, 'secrets.key'),
    soundKeysFile: join(root, 'sound-keys.json'),
    messagesFolder: join(root, 'messages'),
    recordingsFolder: join(root, 'recordings'),
    greetingsFolder: join(root, 'greetings'),
    controlPath:
      platform === 'win32'
        ? `\\\\.\\pipe\\nightjar-${Buffer.from(root).toString('hex').slice(-48)}`
        : join(root, 'control'),
  };
}

/** Makes the folder and takes its lock; the returned function gives the lock back. */
export function claimDataFolder(folder: DataFolder): Result<() => void, FolderFailure> {
  const lockFile = join(folder.root, 'phone.lock');
  try {
    for (const path of [folder.root, folder.messagesFolder, folder.recordingsFolder, folder.greetingsFolder])
      mkdirSync(path, { recursive: true, mode: 0o700 });
    if (isHeldByOther(lockFile)) return err({ kind: 'inUse', message: `another Nightjar is using ${folder.root}` });
    rmSync(lockFile, { force: true });
    const handle = openSync(lockFile, 'wx', 0o600);
    writeSync(handle, String(process.pid));
    closeSync(handle);
  } catch (error) {
    return err({ kind: 'notWritable', message: `${folder.root} cannot be written: ${(error as Error).message}` });
  }
  return ok(() => rmSync(lockFile, { force: true }));
}

function isHeldByOther(lockFile: string): boolean {
  let pid: number;
  try {
    // A lock from before the machine started (a power cut) names a process that is somebody else's by now.
    if (statSync(lockFile).mtimeMs < Date.now() - uptime() * 1000) return false;
    pid = Number(readFileSync(lockFile, 'utf8'));
  } catch {
    // No lock file: nobody holds it.
    return false;
  }
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
