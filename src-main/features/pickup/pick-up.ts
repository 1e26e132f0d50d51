// Takes or joins a call of somebody else's line: one that rings there, one that is parked, one that goes on. RFC 5359 §2.11, §2.15, §2.16.
import { err, ok, type Result } from '../../base/result.ts';
import type { ExtraHeaders, UserAgentCore } from '../../sip/core/index.ts';
import { Header, parseUri, SipUri } from '../../sip/syntax/index.ts';
import type { WatchedDialog } from '../../sip/usage/index.ts';
import { parseDialTarget, type CallFailure, type CallManager } from '../call/index.ts';
import { plainAddress, type Account } from '../registration/index.ts';
import { lookUpLine } from './line-lookup.ts';

export interface PickUpOptions {
  readonly core: UserAgentCore;
  readonly calls: CallManager;
  /** What is known already of a line that the user watches. */
  readonly knownDialogs: (address: string) => readonly WatchedDialog[];
}

type Outcome = Promise<Result<{ readonly callId: string }, CallFailure>>;

interface Manner {
  readonly isWanted: (dialog: WatchedDialog) => boolean;
  readonly nothing: string;
  readonly headersFor: (named: NamedDialog) => ExtraHeaders;
}

/** The dialog as its peer names it: what is remote to the line is To there. */
interface NamedDialog {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
}

/** Rings there. RFC 5359 §2.16: only an early dialog is replaced, so that nobody's conversation is taken. */
const RINGING: Manner = {
  isWanted: ({ state, direction }) => (state === 'early' || state === 'proceeding') && direction !== 'initiator',
  nothing: 'No call rings there.',
  headersFor: (named) => [
    ['Replaces', Header.Replaces.format({ ...named, isEarlyOnly: true })],
    ['Require', 'replaces'],
  ],
};

/** Waits at a park server. RFC 5359 §2.15 */
const PARKED: Manner = {
  isWanted: ({ state }) => state === 'confirmed',
  nothing: 'No call is parked there.',
  headersFor: (named) => [
    ['Replaces', Header.Replaces.format({ ...named, isEarlyOnly: false })],
    ['Require', 'replaces'],
  ],
};

/** Goes on there. RFC 3911 §3, RFC 5359 §2.11 */
const GOING_ON: Manner = {
  isWanted: ({ state }) => state === 'confirmed',
  nothing: 'No call goes on there.',
  headersFor: (named) => [
    ['Join', Header.Join.format(named)],
    ['Require', 'join'],
  ],
};

export class PickUp {
  readonly #options: PickUpOptions;

  constructor(options: PickUpOptions) {
    this.#options = options;
  }

  /** Answers here what rings at `text`. */
  pickUp(account: Account, text: string): Outcome {
    return this.#take(account, text, RINGING);
  }

  /** Takes back what is parked at `text`. */
  retrieve(account: Account, text: string): Outcome {
    return this.#take(account, text, PARKED);
  }

  /** Asks whom `text` speaks to whether we may come in. */
  join(account: Account, text: string): Outcome {
    return this.#take(account, text, GOING_ON);
  }

  async #take(account: Account, text: string, manner: Manner): Outcome {
    const line = parseDialTarget(text, account.address);
    if (!line.ok) return err({ code: 'badTarget', message: line.error });
    const { core, calls, knownDialogs } = this.#options;
    const { isWanted, nothing, headersFor } = manner;
    const known = knownDialogs(plainAddress(line.value)).find((dialog) => isWanted(dialog) && nameOf(dialog));
    const found = known
      ? ok(known)
      : await lookUpLine({ ...{ core, account: account.identity, target: line.value, isWanted, nothing } });
    if (!found.ok) return found;
    const named = nameOf(found.value);
    const peer = peerOf(found.value);
    if (!named || !peer)
      return err({ code: 'rejected', message: 'The line does not say enough of its call to take it.' });
    return calls.callFor(account, peer, headersFor(named));
  }
}

/** RFC 4235 §4.1.2: without Call-ID and tags nobody can say which call is meant. */
function nameOf({ callId, localTag, remoteTag }: WatchedDialog): NamedDialog | undefined {
  if (callId === undefined || localTag === undefined || remoteTag === undefined) return undefined;
  const named = { callId, toTag: remoteTag, fromTag: localTag };
  // WHY: what a stranger's document says must be words and tokens before it stands in a header of ours.
  return Header.Join.parse(Header.Join.format(named)) ? named : undefined;
}

/** RFC 5359 §2.16: the INVITE goes to the peer of the line: to its Contact where that is told. */
function peerOf({ remote, remoteTarget }: WatchedDialog): SipUri | undefined {
  for (const text of [remoteTarget, remote]) {
    const parsed = parseUri(text);
    if (parsed.ok && parsed.value instanceof SipUri) return parsed.value;
  }
  return undefined;
}
