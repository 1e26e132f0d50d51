// Registration of an account with its registrar. RFC 3261 §10.
export type { RegistrationReport } from './flow-registration.ts';
export { Registration, type RegistrationEvents, type RegistrationOptions } from './registration.ts';
export { REGISTRATION_DEFAULTS, type RegistrationSettings, type RegistrationStatus } from './registration-machine.ts';
