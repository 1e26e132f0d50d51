// For whom a call was meant before it was forwarded here. RFC 5806 §4, RFC 7044 §5, §10.2; RFC 4458 §2.
import { Header, type NameAddress, type SipRequest } from '../../../sip/syntax/index.ts';
import type { ForwardedFrom, ForwardingReason } from '../call-info.ts';
import { addressOf } from './remote-party.ts';

/** A call that went through more hands than these has gone round in circles: nobody reads on. */
const MAX_ENTRIES = 20;

/** Who sent the call on to us; undefined when it was meant for us. */
export function forwardedFromOf(request: SipRequest): ForwardedFrom | undefined {
  return fromDiversion(request) ?? fromHistory(request);
}

const DIVERSION_REASONS: Readonly<Record<string, ForwardingReason>> = {
  'user-busy': 'busy',
  'no-answer': 'noAnswer',
  unconditional: 'always',
  'follow-me': 'always',
  deflection: 'always',
  unavailable: 'unavailable',
  'out-of-service': 'unavailable',
};

/** RFC 5806 §4: the newest diversion stands first. */
function fromDiversion(request: SipRequest): ForwardedFrom | undefined {
  const [newest] = request.headers.all(Header.Diversion);
  if (!newest) return undefined;
  return partyOf(newest, DIVERSION_REASONS[(newest.parameters.get('reason') ?? '').toLowerCase()]);
}

/** RFC 4458 §2: the cause that a server writes into the new target. */
const CAUSES: Readonly<Record<string, ForwardingReason>> = {
  '302': 'always',
  '480': 'always',
  '486': 'busy',
  '408': 'noAnswer',
  '404': 'unavailable',
  '503': 'unavailable',
};

/**
 * RFC 7044 §10.2: an entry with `mp` was reached because the user of the entry that it names sent the call on;
 * without it, a `cause` in an entry says that the one before it did.
 */
function fromHistory(request: SipRequest): ForwardedFrom | undefined {
  const entries = request.headers.all(Header.HistoryInfo).slice(0, MAX_ENTRIES);
  const at = entries.findLastIndex((entry) => entry.parameters.has('mp') || causeOf(entry) !== undefined);
  const target = entries[at];
  if (!target) return undefined;
  const index = target.parameters.get('mp');
  const from =
    entries.find(({ parameters }) => index !== undefined && parameters.get('index') === index) ?? entries[at - 1];
  return from && partyOf(from, CAUSES[causeOf(target) ?? '']);
}

const causeOf = ({ uri }: NameAddress): string | undefined =>
  uri.kind === 'other' ? undefined : uri.parameters.get('cause');

function partyOf(party: NameAddress, reason: ForwardingReason | undefined): ForwardedFrom {
  return { displayName: party.displayName ?? '', address: addressOf(party.uri), ...(reason && { reason }) };
}
