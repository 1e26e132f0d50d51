// How the relay of the tests wants to be told who asks: by SHA-1, or in the way of RFC 8489 §9.2.4 by SHA-256.
import { createHash } from 'node:crypto';
import { Attribute, textAttribute, textOf, valueOf } from '../../../src-main/media/nat/stun-attributes.ts';
import {
  buildStun,
  isAuthentic,
  type ReceivedStun,
  type StunAttribute,
  type StunMessage,
} from '../../../src-main/media/nat/stun-message.ts';

export const CREDENTIALS = { username: 'nightjar', password: 'secret' } as const;
const REALM = 'relay.test';
const NAME = `${CREDENTIALS.username}:${REALM}`;

export interface RelayProof {
  /** What is asked of a stranger, and of who comes with another nonce than this. */
  challenge(nonce: string): readonly StunAttribute[];
  isGiven(request: ReceivedStun, nonce: string): boolean;
  sign(message: StunMessage): Buffer;
}

const keyBy = (hash: 'md5' | 'sha256'): Buffer => createHash(hash).update(`${NAME}:${CREDENTIALS.password}`).digest();

export const proofBySha1: RelayProof = {
  challenge: (nonce) => [textAttribute(Attribute.realm, REALM), textAttribute(Attribute.nonce, nonce)],
  isGiven: (request, nonce) =>
    textOf(request, Attribute.nonce) === nonce &&
    textOf(request, Attribute.username) === CREDENTIALS.username &&
    isAuthentic(request, keyBy('md5')),
  sign: (message) => buildStun(message, keyBy('md5')),
};

export interface Sha256Relay extends RelayProof {
  /** Somebody on the way takes the list out of what is asked. */
  hidesAlgorithms: boolean;
  /** The last request that it has seen. */
  seen: ReceivedStun | undefined;
}

/** Lists these algorithms, with parameters of so many bytes; `features` is what the nonce says of it. */
export function proofBySha256({
  algorithms = [[2, 0]] as readonly (readonly [number: number, parameterBytes: number])[],
  features = 'gAAA',
  isAnonymous = false,
} = {}): Sha256Relay {
  const list = Buffer.concat(
    algorithms.map(([number, parameterBytes]) => {
      const entry = Buffer.alloc(4 + Math.ceil(parameterBytes / 4) * 4);
      entry.writeUInt16BE(number, 0);
      entry.writeUInt16BE(parameterBytes, 2);
      return entry;
    }),
  );
  const cookie = (nonce: string): string => `obMatJos2${features}${nonce}`;
  let key = keyBy('sha256');
  const relay: Sha256Relay = {
    hidesAlgorithms: false,
    seen: undefined,
    challenge: (nonce) => [
      textAttribute(Attribute.realm, REALM),
      textAttribute(Attribute.nonce, cookie(nonce)),
      ...(relay.hidesAlgorithms ? [] : [{ type: Attribute.passwordAlgorithms, value: list }]),
    ],
    isGiven: (request, nonce) => {
      relay.seen = request;
      const chosen = Buffer.from(valueOf(request, Attribute.passwordAlgorithm) ?? []);
      if (textOf(request, Attribute.nonce) !== cookie(nonce) || chosen.length !== 4) return false;
      key = keyBy(chosen.readUInt16BE(0) === 1 ? 'md5' : 'sha256');
      const isListed = algorithms.some(([number]) => number === chosen.readUInt16BE(0));
      const isEchoed = list.equals(valueOf(request, Attribute.passwordAlgorithms) ?? new Uint8Array());
      return isListed && isEchoed && isNamed(request, isAnonymous) && isAuthentic(request, key, 'sha256');
    },
    sign: (message) => buildStun(message, key, true, 'sha256'),
  };
  return relay;
}

function isNamed(request: ReceivedStun, isAnonymous: boolean): boolean {
  const [name, hash] = [textOf(request, Attribute.username), valueOf(request, Attribute.userhash)];
  if (!isAnonymous) return name === CREDENTIALS.username && hash === undefined;
  return (
    name === undefined &&
    createHash('sha256')
      .update(NAME)
      .digest()
      .equals(hash ?? new Uint8Array())
  );
}
