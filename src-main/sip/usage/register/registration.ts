// Keeps one account registered over one flow, or over two where the registrar applies outbound. RFC 3261 §10.2, RFC 3608 §5, RFC 5626 §4.2.
import type { SocketAddress } from '../../../base/socket-address.ts';
import { TypedEmitter } from '../../../base/typed-emitter.ts';
import type { SipUri, Uri } from '../../syntax/index.ts';
import {
  isSameServer,
  registeredRouteSet,
  routeSetsOf,
  type AccountIdentity,
  type Flow,
  type RouteSet,
  type UserAgentCore,
} from '../../core/index.ts';
import type { Binding } from './binding.ts';
import { FlowRegistration, type RegistrationReport } from './flow-registration.ts';
import { REGISTRATION_DEFAULTS, type RegistrationSettings } from './registration-machine.ts';

export interface RegistrationOptions {
  readonly core: UserAgentCore;
  readonly account: AccountIdentity;
  /** Request-URI: the registrar's domain. */
  readonly registrar: Uri;
  readonly settings?: Partial<RegistrationSettings>;
  /** `urn:uuid:…` of this installation. RFC 5626 §4.1 */
  readonly instanceId?: string;
  /** Asks for a GRUU, and uses it as Contact. RFC 5627 §4.4 */
  readonly usesGruu?: boolean;
  /** Registers again with the address that the registrar saw, when a NAT changed it. */
  readonly usesPublicAddress?: boolean;
}

export interface RegistrationEvents {
  changed: RegistrationReport;
  /** The registrar sees us at another address than our Contact named. */
  publicAddressLearned: SocketAddress;
}

export class Registration {
  readonly events: TypedEmitter<RegistrationEvents>;
  readonly #options: RegistrationOptions;
  readonly #first: FlowRegistration;
  #second: FlowRegistration | undefined;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.events = new TypedEmitter(options.core.logger);
    this.#first = this.#open(1, options.account, () => this.#second?.report.state === 'registered');
  }

  /** Of the flow that is registered, else of the first. */
  get report(): RegistrationReport {
    const { report } = this.#first;
    return report.state !== 'registered' && this.#second?.report.state === 'registered' ? this.#second.report : report;
  }

  /** The account as registered: with its routes, its GRUU, and the public address once that is learned. */
  get account(): AccountIdentity {
    const bindings = this.#bindings();
    const gruu =
      this.#options.usesGruu === true ? bindings.find(({ publicGruu }) => publicGruu)?.publicGruu : undefined;
    return {
      ...this.#options.account,
      ...(this.#first.account.contactAddress && { contactAddress: this.#first.account.contactAddress }),
      ...(bindings.length > 0 && { routeSets: this.#routeSets(bindings) }),
      ...(gruu && { gruu }),
      isOutbound: bindings.some(({ isOutbound }) => isOutbound),
    };
  }

  /** Names this phone without saying whose it is, for calls whose caller hides. RFC 5627 §4.4 */
  get temporaryGruu(): SipUri | undefined {
    return this.#bindings().find(({ temporaryGruu }) => temporaryGruu)?.temporaryGruu;
  }

  /** Whether a message over `flow` comes from the server that the account is registered with. RFC 3325 §5 */
  isOwnServer(flow: Flow): boolean {
    return this.#bindings().some((binding) => {
      const { remote, isSecure, id } = binding.flow;
      if (id === flow.id) return true;
      // Where the server has proved itself, only the connection on which it did so speaks for it.
      if (isSecure || remote.address !== flow.remote.address) return false;
      // Anybody can write an address into a datagram; a server opens its own connections from any port.
      return flow.protocol !== 'udp' || remote.port === flow.remote.port;
    });
  }

  /** Registers now, whatever was waited for; harmless while an answer is awaited. */
  register(): void {
    this.#first.register();
    this.#second?.register();
  }

  /** The network changed: registers again at once if it was registered or waiting. */
  renew(): void {
    this.#first.renew();
    this.#second?.renew();
  }

  /** Removes the bindings and stops; resolves when the registrar answered, or after `graceMs`. */
  async close(graceMs = 2000): Promise<void> {
    await Promise.all([this.#first.close(graceMs), this.#second?.close(graceMs)]);
    this.events.removeAll();
  }

  #bindings(): readonly Binding[] {
    const standing = [this.#first, this.#second].filter((flow) => flow?.report.state === 'registered');
    const all = standing.length > 0 ? standing : [this.#first, this.#second];
    return all.flatMap((flow) => flow?.binding ?? []);
  }

  /** First the ways that are registered, then the other proxies: they may serve when those fail. */
  #routeSets(bindings: readonly Binding[]): readonly RouteSet[] {
    const registered = bindings.map(({ proxy, serviceRoute }) => registeredRouteSet(proxy, serviceRoute));
    const others = routeSetsOf(this.#options.account).filter(
      ([first]) => first && !bindings.some(({ proxy }) => proxy && isSameServer(proxy, first.uri)),
    );
    return [...registered, ...others];
  }

  #open(registrationId: number, account: AccountIdentity, isOtherFlowUp: () => boolean): FlowRegistration {
    const { core, registrar, settings, instanceId, usesGruu = false, usesPublicAddress = false } = this.#options;
    const flow = new FlowRegistration({
      ...{ core, account, registrar, registrationId, usesPublicAddress, isOtherFlowUp },
      wantsGruu: usesGruu,
      settings: { ...REGISTRATION_DEFAULTS, ...settings },
      ...(instanceId !== undefined && { instanceId }),
    });
    flow.events.on('changed', () => this.#onFlowChanged());
    flow.events.on('publicAddressLearned', (address) => this.events.emit('publicAddressLearned', address));
    return flow;
  }

  #onFlowChanged(): void {
    this.#arrangeSecondFlow();
    this.events.emit('changed', this.report);
  }

  /** RFC 5626 §4.2.1: with a second proxy in the outbound set there is a second flow, so that one may break unnoticed. */
  #arrangeSecondFlow(): void {
    const { binding } = this.#first;
    const { outboundProxies } = this.#options.account;
    if (this.#second || !binding?.isOutbound || !binding.proxy || outboundProxies.length < 2) return;
    const { proxy } = binding;
    const other = outboundProxies.find((candidate) => !isSameServer(candidate, proxy));
    if (!other) return;
    this.#first.pinTo(proxy);
    const account = { ...this.#options.account, outboundProxies: [other] };
    this.#second = this.#open(2, account, () => this.#first.report.state === 'registered');
    this.#second.register();
  }
}
