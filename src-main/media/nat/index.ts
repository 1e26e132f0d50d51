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
export { IceAgent } from './ice-agent.ts';
export type { IceRemote, IceState, SelectedPair } from './ice-exchange.ts';
export { buildStun, parseStun } from './stun-message.ts';
export { ReflexiveSearcher } from './reflexive-search.ts';
export { RelayRoutes } from './relay-routes.ts';
export { Relays, type RelayLink } from './relays.ts';
export { SilentServers } from './silent-servers.ts';
export type { KeptPlace } from './kept-place.ts';
export { parseTurnServers, type TurnServer } from './server-place.ts';
export { connectToRelay, type RelayTrust } from './turn-connection.ts';
export { TurnFraming } from './turn-framing.ts';
export type { TurnCredentials } from './turn-requests.ts';
