// The door of nat: interactive connectivity establishment. RFC 8445, RFC 8489.
export {
  hostCandidate,
  localCandidates,
  reflexiveCandidate,
  type Base,
  type CandidateKind,
  type Component,
  type IceCandidate,
} from './candidate.ts';
export { createIceNames, type IceCredentials } from './check-messages.ts';
export { IceAgent, type IceRemote, type IceState, type SelectedPair } from './ice-agent.ts';
export { buildStun, parseStun } from './stun-message.ts';
export { ReflexiveSearcher } from './reflexive-search.ts';
export { Relays, type RelayLink } from './relays.ts';
export { parseTurnServer, type TurnServer } from './server-place.ts';
export { TurnFraming } from './turn-framing.ts';
export type { TurnCredentials } from './turn-requests.ts';
