// What the encryption of a call, and of an account's calls, means in plain words. Pure. RFC 3711, RFC 4568 §7, RFC 5763.
import type { AccountConfig, CallView } from '../../src-shared/contract/index.ts';

export interface EncryptionText {
  readonly word: string;
  readonly meaning: string;
  /** `weak`: encrypted, but the keys went where others can read them. */
  readonly strength: 'none' | 'weak' | 'strong';
}

/** Undefined while nothing is agreed on. */
export function encryptionText({ codec, srtp, areSrtpKeysProtected }: CallView['media']): EncryptionText | undefined {
  if (codec === null) return undefined;
  if (srtp === null)
    return {
      word: 'Not encrypted',
      meaning: 'Whoever sits on the way between you and the other side can listen.',
      strength: 'none',
    };
  // RFC 4568 §7: keys in SDP are worth as much as the connection that they went over
  if (areSrtpKeysProtected !== true)
    return {
      word: 'Encrypted, keys in the open',
      meaning: 'The sound is encrypted, but its keys went unprotected: whoever read them can listen.',
      strength: 'weak',
    };
  return {
    word: 'Encrypted',
    meaning: `The sound is encrypted (${srtp}), and its keys left this phone protected.`,
    strength: 'strong',
  };
}

export type Encryption = AccountConfig['srtp'];

export const ENCRYPTION_CHOICES: readonly {
  readonly value: Encryption;
  readonly text: string;
  readonly note: string;
}[] = [
  { value: 'off', text: 'Off', note: 'Whoever sits on the way can listen to your calls.' },
  {
    value: 'optional',
    text: 'Where possible',
    note: 'Calls are encrypted when the other side can do it, and go on without when it cannot.',
  },
  {
    value: 'required',
    text: 'Always',
    note: 'A call that cannot be encrypted does not come about. Your provider can read the keys.',
  },
  {
    value: 'dtls',
    text: 'Always, by handshake only',
    note: 'The two phones agree on the keys by themselves, and no provider can read them. Not every phone can do this.',
  },
];

/** What the choice means, and what it lacks with this transport. */
export function encryptionNote(chosen: Encryption, transport: AccountConfig['transport']): string {
  const note = ENCRYPTION_CHOICES.find(({ value }) => value === chosen)?.note ?? '';
  const sendsKeys = chosen === 'optional' || chosen === 'required';
  if (!sendsKeys || transport === 'tls' || transport === 'wss') return note;
  return `${note} Over ${transport.toUpperCase()} the keys travel in the open: choose TLS as transport to protect them.`;
}
