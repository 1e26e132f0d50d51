// Passwords sealed by the platform's own store (Keychain, DPAPI, Secret Service), where it really protects.
import { safeStorage } from 'electron';
import { openFileSecrets, type DataFolder, type SecretStore } from '../app/index.ts';

/** Keeps what safeStorage sealed in the phone's own secret file, so that there is one file format and one place. */
export class SafeSecrets implements SecretStore {
  readonly #file: SecretStore;

  private constructor(file: SecretStore) {
    this.#file = file;
  }

  /** The file alone when the platform has no store, or one with a fixed key. */
  static async open(folder: DataFolder): Promise<SecretStore> {
    const file = openFileSecrets(folder);
    const isReal =
      (await safeStorage.isAsyncEncryptionAvailable()) &&
      !(process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text');
    return isReal ? new SafeSecrets(file) : file;
  }

  async read(name: string): Promise<string | undefined> {
    const sealed = await this.#file.read(name);
    if (sealed === undefined) return undefined;
    try {
      return (await safeStorage.decryptStringAsync(Buffer.from(sealed, 'base64'))).result;
    } catch {
      // Sealed on another machine or by another user: the secret has to be entered again.
      return undefined;
    }
  }

  async write(name: string, secret: string): Promise<void> {
    await this.#file.write(name, (await safeStorage.encryptStringAsync(secret)).toString('base64'));
  }

  remove(name: string): Promise<void> {
    return this.#file.remove(name);
  }
}
