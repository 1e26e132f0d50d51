// Registration of an account with its registrar. RFC 3261 §10.
export {
  Registration,
  type RegistrationEvents,
  type RegistrationOptions,
  type RegistrationReport,
} from './registration.ts';
export { REGISTRATION_DEFAULTS, type RegistrationSettings, type RegistrationStatus } from './registration-machine.ts';
