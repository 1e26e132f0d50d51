// The door of nat: interactive connectivity establishment. RFC 8445, RFC 8489.
export {
  hostCandidate,
  localCandidates,
  reflexiveCandidate,
  type CandidateKind,
  type Component,
  type IceCandidate,
} from './candidate.ts';
export { createIceNames, type IceCredentials } from './check-messages.ts';
export { IceAgent, type IceRemote, type IceState, type SelectedPair } from './ice-agent.ts';
export { buildStun, parseStun } from './stun-message.ts';
export { ReflexiveSearcher } from './reflexive-search.ts';
