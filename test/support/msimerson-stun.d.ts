// The part of the @msimerson/stun library that the tests use; the library brings no types of its own.

declare module '@msimerson/stun' {
  interface Algorithm {
    readonly algorithm: number;
  }

  interface StunRequest {
    addAttribute(type: number, ...values: readonly (number | string)[]): unknown;
    addError(code: number, reason: string): unknown;
    addRealm(realm: string): unknown;
    addNonce(nonce: string): unknown;
    addPasswordAlgorithms(algorithms: readonly Algorithm[]): unknown;
    addUserhash(username: string, realm: string): unknown;
    addMessageIntegritySha256(key: Buffer): boolean;
    addFingerprint(): boolean;
    toBuffer(): Buffer;
  }

  interface StunResponse {
    readonly type: number;
    readonly transactionId: Buffer;
    getUsername(): string | undefined;
    getUserhash(): Buffer | undefined;
    getNonce(): string | undefined;
    getRealm(): string | undefined;
    getMessageIntegrity(): Buffer | undefined;
    getMessageIntegritySha256(): Buffer | undefined;
    getPasswordAlgorithm(): Algorithm | undefined;
    getPasswordAlgorithms(): readonly Algorithm[] | undefined;
  }

  interface Stun {
    createMessage(type: number, transactionId: Buffer): StunRequest;
    decode(bytes: Buffer): StunResponse;
    validateFingerprint(message: StunResponse): boolean;
    validateMessageIntegritySha256(message: StunResponse, key: Buffer): boolean;
    readonly constants: Readonly<Record<string, number>>;
  }

  const stun: Stun;
  export default stun;
}
