// A dialog: identifiers, route set, target and sequence numbers, and the requests made of them. RFC 3261 §12.
import { Header, NameAddress, Parameters, type SipRequest, type SipResponse, type Uri } from '../syntax/index.ts';
import { newRequest } from './new-request.ts';
import { isSips } from './secured-uris.ts';

export interface DialogId {
  readonly callId: string;
  readonly localTag: string;
  /** Empty for a peer of RFC 2543 that sends no tag. */
  readonly remoteTag: string;
}

export interface DialogFields {
  readonly id: DialogId;
  /** Whether we sent the request that created it. */
  readonly isCaller: boolean;
  readonly local: NameAddress;
  readonly remote: NameAddress;
  readonly remoteTarget: Uri;
  readonly routeSet: readonly NameAddress[];
  readonly localSequence: number;
  readonly remoteSequence?: number;
}

/** One dialog; early until `confirm` or, for the callee, until its 2xx. */
export class Dialog {
  readonly id: DialogId;
  readonly isCaller: boolean;
  #local: NameAddress;
  #remote: NameAddress;
  #remoteTarget: Uri;
  #routeSet: readonly NameAddress[];
  #localSequence: number;
  #remoteSequence: number | undefined;

  constructor(fields: DialogFields) {
    this.id = fields.id;
    this.isCaller = fields.isCaller;
    this.#local = fields.local;
    this.#remote = fields.remote;
    this.#remoteTarget = fields.remoteTarget;
    this.#routeSet = fields.routeSet;
    this.#localSequence = fields.localSequence;
    this.#remoteSequence = fields.remoteSequence;
  }

  /** Who we are in it: From of our requests. */
  get local(): NameAddress {
    return this.#local;
  }

  /** Who the peer is: To of our requests. */
  get remote(): NameAddress {
    return this.#remote;
  }

  /** RFC 4916 §4.4: our identity changed; the tag, by which the dialog is known, stays. */
  renameLocal(displayName: string | undefined, uri: Uri): void {
    const { parameters } = this.#local;
    this.#local = new NameAddress({ displayName, uri: withoutHeaders(uri), parameters });
  }

  /** RFC 4916 §4.5.2: the peer's From is its identity from now on, and the To of what we send. */
  renameRemote({ displayName, uri }: NameAddress): void {
    const { parameters } = this.#remote;
    this.#remote = new NameAddress({ displayName, uri: withoutHeaders(uri), parameters });
  }

  get remoteTarget(): Uri {
    return this.#remoteTarget;
  }

  get routeSet(): readonly NameAddress[] {
    return this.#routeSet;
  }

  get localSequence(): number {
    return this.#localSequence;
  }

  /** Whether it was promised a secured way. RFC 3261 §12.1.1, §12.1.2 */
  get isSecured(): boolean {
    return isSips(this.#remoteTarget);
  }

  /** Where the next request goes: the first route, or the peer itself. */
  get nextHop(): Uri {
    return this.#routeSet[0]?.uri ?? this.#remoteTarget;
  }

  /** RFC 3261 §12.2.1.1: the number grows by one with every request. */
  nextSequence(): number {
    return ++this.#localSequence;
  }

  /** A number spent outside, such as that of an INVITE repeated with credentials. */
  noteLocalSequence(sequence: number): void {
    this.#localSequence = Math.max(this.#localSequence, sequence);
  }

  /** A request within the dialog; ACK names the `sequence` of its INVITE, others take the next. */
  buildRequest(method: string, sequence = this.nextSequence()): SipRequest {
    const [first] = this.#routeSet;
    // RFC 3261 §12.2.1.1: a first route without lr is a strict router, which wants its own URI as Request-URI
    const isStrict = first !== undefined && !isLooseRouter(first.uri);
    const routes = isStrict
      ? [...this.#routeSet.slice(1), new NameAddress({ uri: this.#remoteTarget })]
      : this.#routeSet;
    return newRequest({
      method,
      requestUri: isStrict ? withoutHeaders(first.uri) : this.#remoteTarget,
      from: this.#local,
      to: this.#remote,
      callId: this.id.callId,
      sequence,
      routes,
    });
  }

  /** RFC 3261 §12.2.2: a lower number than the last is out of order, and the request is refused with 500. */
  takeRequest(request: SipRequest): 'inOrder' | 'outOfOrder' {
    const { sequence } = request.cseq;
    if (this.#remoteSequence !== undefined && sequence <= this.#remoteSequence) return 'outOfOrder';
    this.#remoteSequence = sequence;
    return 'inOrder';
  }

  /** RFC 3261 §12.2.1.2, §12.2.2: INVITE and UPDATE, and their 2xx, may move the remote target. */
  refreshTarget(message: SipRequest | SipResponse): void {
    const target = targetOf(message);
    // RFC 5630 §5.1.1.2: a dialog that is secured stays so: no target refresh takes that away
    if (!target || (isSips(this.#remoteTarget) && !isSips(target))) return;
    this.#remoteTarget = target;
  }

  /** RFC 3261 §13.2.2.4: the 2xx sets target and route set anew; the early ones no longer count. */
  confirm(response: SipResponse): void {
    this.refreshTarget(response);
    this.#routeSet = [...response.headers.all(Header.RecordRoute)].reverse();
  }
}

/** RFC 3261 §12.1.2: what the caller makes of a response with a To tag. */
export function callerDialog(request: SipRequest, response: SipResponse): Dialog {
  return new Dialog({
    id: { callId: request.callId, localTag: request.from.tag ?? '', remoteTag: response.to.tag ?? '' },
    isCaller: true,
    local: request.from,
    remote: response.to,
    // INTEROP: provisional responses often lack Contact; the Request-URI then serves until a better one comes.
    remoteTarget: targetOf(response) ?? request.requestUri,
    routeSet: [...response.headers.all(Header.RecordRoute)].reverse(),
    localSequence: request.cseq.sequence,
  });
}

/** RFC 3261 §12.1.1: what the callee makes of a request; its route set has the order of Record-Route. */
export function calleeDialog(request: SipRequest, localTag: string): Dialog {
  return new Dialog({
    id: { callId: request.callId, localTag, remoteTag: request.from.tag ?? '' },
    isCaller: false,
    local: request.to.withTag(localTag),
    remote: request.from,
    remoteTarget: targetOf(request) ?? request.from.uri,
    routeSet: request.headers.all(Header.RecordRoute),
    // RFC 3261 §12.1.1: the local number is empty until we send; it then starts at one.
    localSequence: 0,
    remoteSequence: request.cseq.sequence,
  });
}

/** RFC 3261 §12.1.1: a SIP or SIPS URI; `*` and other schemes are no target. */
function targetOf(message: SipRequest | SipResponse): Uri | undefined {
  const uri = message.headers.get(Header.Contact)?.uri;
  return uri?.kind === 'sip' ? withoutHeaders(uri) : undefined;
}

/** The text by which dialogs are found. */
export function dialogKey({ callId, localTag, remoteTag }: DialogId): string {
  return `${callId} ${localTag} ${remoteTag}`;
}

/** The dialog that an incoming request names. RFC 3261 §12.2.2 */
export function dialogIdOf(request: SipRequest): DialogId {
  return { callId: request.callId, localTag: request.to.tag ?? '', remoteTag: request.from.tag ?? '' };
}

/** The dialog that a response to a request of ours names. RFC 3261 §12.2.1.2 */
export function dialogIdOfResponse({ callId, from, to }: SipResponse): DialogId {
  return { callId, localTag: from.tag ?? '', remoteTag: to.tag ?? '' };
}

/** RFC 3261 §19.1.1: `lr` marks a loose router. */
export const isLooseRouter = (uri: Uri): boolean => uri.kind === 'sip' && uri.parameters.has('lr');

/** RFC 3261 §19.1.1: a Request-URI has neither headers nor a method parameter. */
export function withoutHeaders(uri: Uri): Uri {
  if (uri.kind !== 'sip') return uri;
  const plain = uri.headers.size > 0 ? uri.with({ headers: Parameters.none }) : uri;
  return plain.parameters.has('method') ? plain.withoutParameter('method') : plain;
}
