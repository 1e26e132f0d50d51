// Answers a challenge of our own making once, so that the first real one meets code that has run before. RFC 3261 §22.
import type { Runtime } from '../../base/runtime.ts';
import {
  buildRequest,
  buildResponse,
  NameAddress,
  parseMessage,
  parseUri,
  serializeMessage,
  type SipRequest,
} from '../syntax/index.ts';
import { Authenticator, newAttempt } from './authenticator.ts';

/** An address that nobody can have; nothing of this is sent. */
const ADDRESS = 'sip:rehearsal@phone.invalid';
const CHALLENGE = 'Digest realm="phone.invalid", nonce="rehearsal", qop="auth", algorithm=MD5';

/**
 * What a 401 leads to: reading it, the digest, and the request as it would go out again. For the time in which a program that starts
 * waits for its sockets.
 */
export function rehearseChallenge(runtime: Runtime): Uint8Array | undefined {
  const address = parseUri(ADDRESS);
  if (!address.ok) return undefined;
  const party = new NameAddress({ uri: address.value });
  const method = 'REGISTER';
  const parts = { method, requestUri: address.value, from: party, to: party, callId: 'rehearsal', cseq: 1 };
  const request = buildRequest({ ...parts, branch: 'z9hG4bKrehearsal', contact: party });
  const account = {
    address: address.value,
    contactUser: 'rehearsal',
    credentials: { username: 'rehearsal', password: 'rehearsal' },
    outboundProxies: [],
  };
  const authenticator = new Authenticator(runtime);
  const response = parseMessage(serializeMessage(challengeTo(request)));
  if (!response.ok || response.value.kind !== 'response') return undefined;
  if (authenticator.learn(request, response.value, account, newAttempt()) !== 'retry') return undefined;
  authenticator.authorize(request, account);
  return serializeMessage(request);
}

const challengeTo = (request: SipRequest) =>
  buildResponse(request, 401, 'Unauthorized', { toTag: 'rehearsal', headers: [['WWW-Authenticate', CHALLENGE]] });
