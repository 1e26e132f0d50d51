// The door of accounts and registrations.
export {
  createAccount,
  parseSipUri,
  plainAddress,
  type Account,
  type AccountSettings,
  type CodecPreference,
  type DtmfPreference,
} from './account.ts';
export { Registrations, type RegistrationsEvents } from './registrations.ts';
