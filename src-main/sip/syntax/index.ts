// The door of sip/syntax: messages <-> bytes. RFC 3261 §7, §19, §20, §25.
export type { Challenge, Credentials } from './auth-values.ts';
export {
  type RequestOptions,
  type ResponseOptions,
  buildRejection,
  buildRequest,
  buildResponse,
  reasonPhraseOf,
  viaWithBranch,
} from './build-message.ts';
export { isToken, parseDecimal } from './characters.ts';
export { checkKnownHeaders } from './check-headers.ts';
export { HeaderList } from './header-list.ts';
export {
  type HeaderReader,
  type HeaderType,
  listHeader,
  singleHeader,
  textGrammar,
  tokenGrammar,
} from './header-type.ts';
export type {
  CSeqValue,
  MediaType,
  ParameterizedToken,
  RAckValue,
  ReplacesValue,
  RetryAfterValue,
  SessionExpiresValue,
  TimestampValue,
  WarningValue,
} from './header-values.ts';
export * as Header from './headers.ts';
export { formatHost, formatHostPort, isIpAddress, isSameHost, parseIpv4, parseIpv6 } from './host-port.ts';
export * from './limits.ts';
export { type SipMessage, SipRequest, SipResponse } from './message.ts';
export {
  NameAddress,
  type NameAddressFields,
  WILDCARD_CONTACT,
  formatNameAddress,
  parseNameAddress,
} from './name-address.ts';
export { type Parameter, Parameters } from './parameters.ts';
export type { FragmentaryRequest, ParseFailure } from './parse-failure.ts';
export { measureBody } from './measure-body.ts';
export { parseMessage } from './parse-message.ts';
export { parseUri } from './parse-uri.ts';
export { REASON_PHRASES } from './reason-phrases.ts';
export { isSameUri, withoutSeparators } from './same-uri.ts';
export { quote } from './scanner.ts';
export { serializeMessage } from './serialize-message.ts';
export type { SyntaxFailure, SyntaxFailureKind } from './syntax-failure.ts';
export { type OtherUri, SipUri, type SipUriFields, type TelUri, type Uri, formatUri } from './uri.ts';
export { BRANCH_COOKIE, Via, type ViaFields, parseVia } from './via.ts';
