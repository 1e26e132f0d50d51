// Keeps one flow of an account registered: performs what the machine decides. RFC 3261 §10.2, RFC 3327 §5.1, RFC 5626 §4.
import type { Timer } from '../../../base/runtime.ts';
import type { SocketAddress } from '../../../base/socket-address.ts';
import { TypedEmitter } from '../../../base/typed-emitter.ts';
import {
  formatUri,
  Header,
  Parameters,
  SipUri,
  type SipRequest,
  type SipResponse,
  type Uri,
} from '../../syntax/index.ts';
import {
  RequestSeries,
  type AccountIdentity,
  type Flow,
  type RequestFailure,
  type UserAgentCore,
} from '../../core/index.ts';
import { readBinding, type Binding } from './binding.ts';
import { keepFlowAlive } from './flow-keep-alive.ts';
import {
  initialRegistration,
  registrationStep,
  type RegistrationAction,
  type RegistrationInput,
  type RegistrationSettings,
  type RegistrationState,
  type RegistrationStatus,
} from './registration-machine.ts';

export interface FlowRegistrationOptions {
  readonly core: UserAgentCore;
  /** As configured: without what registrations bring. */
  readonly account: AccountIdentity;
  /** Request-URI: the registrar's domain. */
  readonly registrar: Uri;
  readonly settings: RegistrationSettings;
  readonly instanceId?: string;
  /** Which of the account's flows this is, from 1. RFC 5626 §4.2 */
  readonly registrationId: number;
  /** Asks for a GRUU. RFC 5627 §4.1 */
  readonly wantsGruu: boolean;
  /** Registers again with the address that the registrar saw, when a NAT changed it. */
  readonly usesPublicAddress: boolean;
  /** Whether another flow of the account stands: then there is no haste. */
  readonly isOtherFlowUp: () => boolean;
}

/** What is known of the registration, for people. */
export interface RegistrationReport extends RegistrationStatus {
  /** When the binding ends, in milliseconds since the epoch. */
  readonly expiresAtMs?: number;
}

export interface FlowRegistrationEvents {
  changed: RegistrationReport;
  /** The registrar sees us at another address than our Contact named. */
  publicAddressLearned: SocketAddress;
}

/** How often in a row a registrar may send us on to another. */
const MAX_REDIRECTIONS = 5;

export class FlowRegistration {
  readonly events: TypedEmitter<FlowRegistrationEvents>;
  readonly #options: FlowRegistrationOptions;
  /** RFC 3261 §10.2: every REGISTER has the same Call-ID and a rising CSeq. */
  readonly #series: RequestSeries;
  readonly #stopListening: () => void;
  #account: AccountIdentity;
  #state: RegistrationState;
  #report: RegistrationReport = { state: 'unregistered' };
  #timer: Timer | undefined;
  #sent: SipRequest | undefined;
  #flow: Flow | undefined;
  #binding: Binding | undefined;
  #boundSinceMs = 0;
  #bindingEndsAtMs = 0;

  constructor(options: FlowRegistrationOptions) {
    const { core } = options;
    this.#options = options;
    this.#account = options.account;
    this.#series = new RequestSeries(core.runtime);
    this.#state = initialRegistration(options.settings);
    this.events = new TypedEmitter(core.logger);
    this.#stopListening = core.events.on('flowClosed', ({ flow }) => {
      if (flow.id === this.#flow?.id) this.#onFlowClosed();
    });
  }

  get report(): RegistrationReport {
    return this.#report;
  }

  /** The account as registered: with the public address once that is learned. */
  get account(): AccountIdentity {
    return this.#account;
  }

  /** What the registrar granted, until it ends. */
  get binding(): Binding | undefined {
    return this.#options.core.runtime.nowMs() < this.#bindingEndsAtMs ? this.#binding : undefined;
  }

  /** From now on only through this proxy. */
  pinTo(proxy: SipUri): void {
    this.#account = { ...this.#account, outboundProxies: [proxy] };
  }

  /** Registers now, whatever was waited for; harmless while an answer is awaited. */
  register(): void {
    this.#take({ kind: 'register' });
  }

  /** The network changed: registers again at once if it was registered or waiting. */
  renew(): void {
    this.#take({ kind: 'networkChanged' });
  }

  /** Removes the binding and stops; resolves when the registrar answered, or after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.#take({ kind: 'unregister' });
    const { runtime } = this.#options.core;
    if (this.#state.name === 'unregistering') {
      await new Promise<void>((resolve) => {
        const limit = runtime.setTimer(graceMs, resolve);
        this.events.on('changed', ({ state }) => {
          if (state !== 'unregistered') return;
          limit.cancel();
          resolve();
        });
      });
    }
    this.#timer?.cancel();
    this.#stopListening();
    this.events.removeAll();
  }

  #onFlowClosed(): void {
    const { runtime } = this.#options.core;
    this.#take({ kind: 'connectionLost', livedSec: (runtime.nowMs() - this.#boundSinceMs) / 1000 });
  }

  #take(input: RegistrationInput): void {
    const { core, settings, isOtherFlowUp } = this.#options;
    // RFC 5626 §4.5: while another flow works the first wait is 90 s, else 30 s
    const factor = isOtherFlowUp() ? 3 : 1;
    const step = registrationStep(this.#state, input, {
      settings: { ...settings, retryBaseSec: factor * settings.retryBaseSec },
      random: core.runtime.random(),
    });
    this.#state = step.state;
    if (['unregistered', 'refused'].includes(step.state.name)) this.#bindingEndsAtMs = 0;
    for (const action of step.actions) this.#perform(action);
  }

  #perform(action: RegistrationAction): void {
    const { runtime } = this.#options.core;
    switch (action.kind) {
      case 'send':
        void this.#register(action.expiresSec);
        return;
      case 'startTimer':
        this.#timer?.cancel();
        this.#timer = runtime.setTimer(action.delayMs, () => this.#take({ kind: 'timer' }));
        return;
      case 'stopTimer':
        this.#timer?.cancel();
        return;
      case 'announce': {
        this.#announce(action.status);
        return;
      }
    }
  }

  #announce(status: RegistrationStatus): void {
    const { expiresSec } = status;
    const expiresAtMs = expiresSec === undefined ? undefined : this.#options.core.runtime.wallMs() + expiresSec * 1000;
    this.#report = { ...status, ...(expiresAtMs !== undefined && { expiresAtMs }) };
    this.events.emit('changed', this.#report);
  }

  /** One round: a registrar that redirects is followed, but not in a circle. RFC 3261 §8.1.3.4 */
  async #register(expiresSec: number): Promise<void> {
    const tried: Uri[] = [];
    let target: Uri | undefined = this.#options.registrar;
    while (target) {
      tried.push(target);
      const result = await this.#send(target, expiresSec);
      if (!result.ok) {
        this.#onFailure(result.error);
        return;
      }
      target = tried.length > MAX_REDIRECTIONS ? undefined : redirectionOf(result.value, tried);
      if (!target) this.#onResponse(result.value, expiresSec);
    }
  }

  #send(target: Uri, expiresSec: number): ReturnType<UserAgentCore['request']> {
    const { core, instanceId, registrationId, wantsGruu } = this.#options;
    const hasInstance = instanceId !== undefined;
    // RFC 3327 §5.1, RFC 5626 §4.2.1, RFC 5627 §4.1: what we understand of what the way may add
    const supported = ['path', ...(hasInstance ? ['outbound'] : []), ...(hasInstance && wantsGruu ? ['gruu'] : [])];
    const contactParameters = Parameters.of({
      expires: expiresSec,
      ...(hasInstance && { '+sip.instance': `<${instanceId}>`, 'reg-id': registrationId }),
    });
    return core.request({
      method: 'REGISTER',
      target,
      to: this.#account.address,
      account: this.#account,
      series: this.#series,
      contactParameters,
      headers: [
        ['Expires', String(expiresSec)],
        ['Supported', supported.join(', ')],
      ],
      onSent: (request, flow) => {
        this.#sent = request;
        if (this.#flow?.id !== flow.id) this.#boundSinceMs = core.runtime.nowMs();
        this.#flow = flow;
      },
    });
  }

  #onFailure({ kind, response, isOwnFault, message }: RequestFailure): void {
    const failure = kind === 'auth' || kind === 'timeout' ? kind : 'transport';
    const why = { ...(response && { statusCode: response.statusCode }), ...(isOwnFault && { reason: message }) };
    this.#take({ kind: 'failed', failure, ...why });
  }

  #onResponse(response: SipResponse, askedSec: number): void {
    const { statusCode, reasonPhrase, headers } = response;
    if (statusCode < 300) {
      const hasMoved = askedSec > 0 && this.#learnPublicAddress(response);
      this.#take({ kind: 'accepted', expiresSec: this.#bind(response, askedSec) });
      if (hasMoved) this.#take({ kind: 'timer' });
      return;
    }
    const minExpiresSec = headers.get(Header.MinExpires);
    const retryAfterSec = headers.get(Header.RetryAfter)?.delaySec;
    this.#take({
      kind: 'rejected',
      statusCode,
      reason: reasonPhrase,
      ...(minExpiresSec !== undefined && { minExpiresSec }),
      ...(retryAfterSec !== undefined && { retryAfterSec }),
    });
  }

  #bind(response: SipResponse, askedSec: number): number {
    if (!this.#sent || !this.#flow || askedSec === 0) return askedSec;
    const { core } = this.#options;
    this.#binding = readBinding(this.#sent, response, this.#flow, askedSec);
    this.#bindingEndsAtMs = core.runtime.nowMs() + 1000 * this.#binding.expiresSec;
    keepFlowAlive(core, this.#binding);
    return this.#binding.expiresSec;
  }

  /** RFC 3581 §4: received and rport of the response say where the registrar saw us. True: register again. */
  #learnPublicAddress(response: SipResponse): boolean {
    const uri = this.#sent?.headers.get(Header.Contact)?.uri;
    if (uri?.kind !== 'sip') return false;
    const { received, rport, host, port } = response.topVia;
    const address = received ?? host;
    const publicPort = rport ?? port ?? uri.port;
    if (publicPort === undefined || (address === uri.host && publicPort === uri.port)) return false;
    this.events.emit('publicAddressLearned', { address, port: publicPort });
    if (!this.#options.usesPublicAddress) return false;
    this.#account = { ...this.#account, contactAddress: { address, port: publicPort } };
    return true;
  }
}

/** RFC 3261 §21.3: where a 3xx says to register instead; undefined when it leads nowhere new. */
function redirectionOf(response: SipResponse, tried: readonly Uri[]): Uri | undefined {
  if (response.statusCode < 300 || response.statusCode > 399) return undefined;
  const known = tried.map(formatUri);
  return response.headers
    .all(Header.Contact)
    .map(({ uri }) => (uri instanceof SipUri ? uri.with({ user: undefined, headers: Parameters.none }) : undefined))
    .find((uri) => uri !== undefined && !known.includes(formatUri(uri)));
}
