// Keeps one account registered: performs what the machine decides. RFC 3261 §10.2, RFC 3608, RFC 5626 §4.
import type { Timer } from '../../../base/runtime.ts';
import type { SocketAddress } from '../../../base/socket-address.ts';
import { TypedEmitter } from '../../../base/typed-emitter.ts';
import { Header, isSameUri, Parameters, type SipRequest, type SipResponse, type Uri } from '../../syntax/index.ts';
import {
  RequestSeries,
  type AccountIdentity,
  type Flow,
  type RequestFailure,
  type UserAgentCore,
} from '../../core/index.ts';
import {
  initialRegistration,
  REGISTRATION_DEFAULTS,
  registrationStep,
  type RegistrationAction,
  type RegistrationInput,
  type RegistrationSettings,
  type RegistrationState,
  type RegistrationStatus,
} from './registration-machine.ts';

export interface RegistrationOptions {
  readonly core: UserAgentCore;
  readonly account: AccountIdentity;
  /** Request-URI: the registrar's domain. */
  readonly registrar: Uri;
  readonly settings?: Partial<RegistrationSettings>;
  /** `urn:uuid:…` of this installation. RFC 5626 §4.1 */
  readonly instanceId?: string;
  /** Registers again with the address that the registrar saw, when a NAT changed it. */
  readonly usesPublicAddress?: boolean;
}

/** What is known of the registration, for people. */
export interface RegistrationReport extends RegistrationStatus {
  /** When the binding ends, in milliseconds since the epoch. */
  readonly expiresAtMs?: number;
}

export interface RegistrationEvents {
  changed: RegistrationReport;
  /** The registrar sees us at another address than our Contact named. */
  publicAddressLearned: SocketAddress;
}

export class Registration {
  readonly events: TypedEmitter<RegistrationEvents>;
  readonly #options: RegistrationOptions;
  readonly #settings: RegistrationSettings;
  /** RFC 3261 §10.2: every REGISTER has the same Call-ID and a rising CSeq. */
  readonly #series: RequestSeries;
  readonly #stopListening: () => void;
  #account: AccountIdentity;
  #state: RegistrationState;
  #report: RegistrationReport = { state: 'unregistered' };
  #timer: Timer | undefined;
  #sent: SipRequest | undefined;
  #flow: Flow | undefined;

  constructor(options: RegistrationOptions) {
    const { core } = options;
    this.#options = options;
    this.#settings = { ...REGISTRATION_DEFAULTS, ...options.settings };
    this.#account = options.account;
    this.#series = new RequestSeries(core.runtime);
    this.#state = initialRegistration(this.#settings);
    this.events = new TypedEmitter(core.logger);
    this.#stopListening = core.events.on('flowClosed', ({ flow }) => {
      if (flow.id === this.#flow?.id) this.#take({ kind: 'connectionLost' });
    });
  }

  get report(): RegistrationReport {
    return this.#report;
  }

  /** The account as registered: with the public address once that is learned. */
  get account(): AccountIdentity {
    return this.#account;
  }

  /** Registers now, whatever was waited for; harmless while an answer is awaited. */
  register(): void {
    this.#take({ kind: 'register' });
  }

  /** The network changed: registers again at once if it was registered or waiting. */
  renew(): void {
    this.#take({ kind: 'connectionLost' });
  }

  /** Removes the binding and stops; resolves when the registrar answered, or after `graceMs`. */
  async close(graceMs = 2000): Promise<void> {
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

  #take(input: RegistrationInput): void {
    const { core } = this.#options;
    const step = registrationStep(this.#state, input, { settings: this.#settings, random: core.runtime.random() });
    this.#state = step.state;
    for (const action of step.actions) this.#perform(action);
  }

  #perform(action: RegistrationAction): void {
    const { runtime } = this.#options.core;
    switch (action.kind) {
      case 'send':
        void this.#send(action.expiresSec);
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

  async #send(expiresSec: number): Promise<void> {
    const { core, registrar, instanceId } = this.#options;
    const contactParameters = Parameters.of({
      expires: expiresSec,
      ...(instanceId !== undefined && { '+sip.instance': `<${instanceId}>` }),
    });
    const result = await core.request({
      method: 'REGISTER',
      target: registrar,
      to: this.#account.address,
      account: this.#account,
      series: this.#series,
      contactParameters,
      headers: [['Expires', String(expiresSec)]],
      onSent: (request, flow) => {
        this.#sent = request;
        this.#flow = flow;
      },
    });
    if (!result.ok) {
      this.#onFailure(result.error);
      return;
    }
    this.#onResponse(result.value, expiresSec);
  }

  #onFailure({ kind, response }: RequestFailure): void {
    const failure = kind === 'auth' || kind === 'timeout' ? kind : 'transport';
    this.#take({ kind: 'failed', failure, ...(response && { statusCode: response.statusCode }) });
  }

  #onResponse(response: SipResponse, askedSec: number): void {
    const { statusCode, reasonPhrase, headers } = response;
    if (statusCode < 300) {
      const hasMoved = askedSec > 0 && this.#learnPublicAddress(response);
      this.#take({ kind: 'accepted', expiresSec: this.#grantedSec(response, askedSec) });
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

  /** RFC 3261 §10.2.4: the expiry of our own Contact in the response counts, else that of the header. */
  #grantedSec(response: SipResponse, askedSec: number): number {
    const sent = this.#sent?.headers.get(Header.Contact);
    const own = sent && response.headers.all(Header.Contact).find(({ uri }) => isSameUri(uri, sent.uri));
    const granted = Number(own?.parameters.get('expires') ?? response.headers.get(Header.Expires) ?? askedSec);
    return Number.isFinite(granted) && granted > 0 ? Math.min(granted, askedSec) : askedSec;
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
    if (this.#options.usesPublicAddress !== true) return false;
    this.#account = { ...this.#account, contactAddress: { address, port: publicPort } };
    return true;
  }
}
