// The door of sip/core: the user agent, its INVITEs and their sessions. RFC 3261 §8-§15, §22.
export type { AccountIdentity } from './account-identity.ts';
export { isSameServer, registeredRouteSet, routeSetsOf, type RouteSet } from './account-routes.ts';
export { bodyText, mediaType, textBody, type Body } from './body.ts';
export type { AnnouncedIdentity, AnnouncementOutcome } from './session-refresh.ts';
export type { Credentials, DigestPolicy } from './digest.ts';
export type { Dialog, DialogId } from './dialog.ts';
export { IncomingInvite, type IncomingInviteEvents } from './incoming-invite.ts';
export { IncomingReInvite } from './incoming-re-invite.ts';
export { IncomingRequest, type ResponseParts } from './incoming-request.ts';
export type { InDialogRequestOptions } from './in-dialog-exchange.ts';
export { InviteSession } from './invite-session.ts';
export type { ExtraHeaders } from './new-request.ts';
export { RequestSeries, type RequestOptions } from './out-of-dialog.ts';
export { OutgoingInvite, type InviteOptions } from './outgoing-invite.ts';
export type { InviteFailure, InviteFailureKind, OutgoingInviteEvents } from './invite-outcome.ts';
export { rehearseChallenge } from './rehearse-challenge.ts';
export { isSips } from './secured-uris.ts';
export { effectOf, type ResponseEffect } from './response-effect.ts';
export type { RequestFailure } from './send-options.ts';
export type {
  AnswerOffer,
  IdentityMessage,
  InviteSessionEvents,
  ReInviteOptions,
  ReInviteOutcome,
  SessionEnd,
} from './session-events.ts';
export { UserAgentCore, type UserAgentCoreEvents, type UserAgentCoreOptions } from './user-agent-core.ts';
export type { RequestHandler } from './user-agent-server.ts';
export type { UsageDialog, UsageDialogs } from './usage-dialogs.ts';
export type { UserAgentSettings } from './user-agent-settings.ts';
// WHY: a usage watches the connection that it registered over, but may not reach past this door for the type.
export type { Flow, KeepAliveOptions } from '../transaction/index.ts';
