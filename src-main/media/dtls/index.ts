// The door of the room.
export { createDtlsIdentity, type DtlsIdentity } from './certificate.ts';
export { DtlsEndpoint, type DtlsEndpointOptions } from './dtls-endpoint.ts';
export type { AgreedSrtp, DtlsFailure, DtlsRole, RemoteFingerprint } from './handshake.ts';
