// The one door to the bytes of a sound file, whether they lie there plain or sealed.
import { open, type FileHandle } from 'node:fs/promises';
import { err, ok, type Result } from '../../base/result.ts';
import { isSealedHead, keyIdOf, openSealedHead, SEALED_HEAD_BYTES, type SoundKey } from './sealed-format.ts';
import { openSealed } from './sealed-reader.ts';
import type { SoundFile, SoundFileFailure } from './sound-file.ts';

export async function openSoundFile(
  file: string,
  keys: readonly SoundKey[] = [],
): Promise<Result<SoundFile, SoundFileFailure>> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return err('noSuchFile');
  const opened = await openHandle(handle, keys).catch((): Result<SoundFile, SoundFileFailure> => err('badFile'));
  if (!opened.ok) await handle.close();
  return opened;
}

/** By which master key a file is sealed; undefined for one that is not. */
export async function sealedBy(file: string): Promise<string | undefined> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return undefined;
  try {
    const head = await headOf(handle);
    return isSealedHead(head) ? keyIdOf(head) : undefined;
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

async function openHandle(handle: FileHandle, keys: readonly SoundKey[]): Promise<Result<SoundFile, SoundFileFailure>> {
  const head = await headOf(handle);
  if (!isSealedHead(head)) return ok(plain(handle, (await handle.stat()).size));
  const master = keys.find(({ id }) => id === keyIdOf(head));
  if (!master) return err('locked');
  const fileKey = openSealedHead(head, master);
  return fileKey ? ok(await openSealed(handle, fileKey)) : err('badFile');
}

async function headOf(handle: FileHandle): Promise<Buffer> {
  const head = Buffer.alloc(SEALED_HEAD_BYTES);
  const { bytesRead } = await handle.read(head, 0, head.length, 0);
  return head.subarray(0, bytesRead);
}

const plain = (handle: FileHandle, sizeBytes: number): SoundFile => ({
  sizeBytes,
  isSealed: false,
  read: async (target, position) => (await handle.read(target, 0, target.length, position)).bytesRead,
  close: () => handle.close().catch(() => {}),
});
