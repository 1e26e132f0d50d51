// The door of remote access.
export { PinLock } from './pin-lock.ts';
export { RemoteAccess, type RemoteAccessParts } from './remote-access.ts';
