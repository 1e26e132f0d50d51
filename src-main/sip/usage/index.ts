// The door of sip/usage: what the user agent does beside calls. RFC 3261 §10, RFC 3515, RFC 6665, RFC 3903, RFC 3428.
export * from './register/index.ts';
export * from './refer/index.ts';
export * from './subscribe/index.ts';
export * from './publish/index.ts';
export * from './event-body/index.ts';
export * from './message/index.ts';
