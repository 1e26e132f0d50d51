// The door of sip/usage: what the user agent does beside calls. RFC 3261 §10, RFC 3515.
export * from './register/index.ts';
export * from './refer/index.ts';
