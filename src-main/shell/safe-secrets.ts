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
  static open(folder: DataFolder): SecretStore {
    const file = openFileSecrets(folder);
    const isReal =
      safeStorage.isEncryptionAvailable() &&
      !(process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text');
    return isReal ? new SafeSecrets(file) : file;
  }

  read(name: string): string | undefined {
    const sealed = this.#file.read(name);
    if (sealed === undefined) return undefined;
    try {
      return safeStorage.decryptString(Buffer.from(sealed, 'base64'));
    } catch {
      // Sealed on another machine or by another user: the secret has to be entered again.
      return undefined;
    }
  }

  write(name: string, secret: string): void {
    this.#file.write(name, safeStorage.encryptString(secret).toString('base64'));
  }

  remove(name: string): void {
    this.#file.remove(name);
  }
}
