// The door of sip/usage: what the user agent does beside calls. RFC 3261 §10.
export * from './register/index.ts';
