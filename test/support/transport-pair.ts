// Transport layers on a virtual network, and what their users were told.
import { silentLogger } from '../../src-main/base/logger.ts';
import type { SipMessage, SipRequest } from '../../src-main/sip/syntax/index.ts';
import {
  type CertificateRefusal,
  type ConnectOptions,
  type Flow,
  type Hop,
  type PeerCertificate,
  type TransportFailure,
  TransportLayer,
  type TransportUser,
  type TrustPolicy,
  prepareOutgoingRequest,
} from '../../src-main/sip/transport/index.ts';
import type { FakeRuntime } from './fake-runtime.ts';
import { requestOf } from './message-builders.ts';
import type { VirtualNetwork } from './virtual-network.ts';

/** One layer with the user above it. */
export class TransportSpy implements TransportUser {
  readonly messages: { readonly message: SipMessage; readonly flow: Flow }[] = [];
  readonly failures: string[] = [];
  readonly closed: string[] = [];
  readonly refusals: CertificateRefusal[] = [];
  readonly layer: TransportLayer;
  readonly #runtime: FakeRuntime;

  constructor(network: VirtualNetwork, addresses: [string, ...string[]], trust?: TrustPolicy) {
    const { runtime } = network;
    this.#runtime = runtime;
    this.layer = new TransportLayer({
      network: network.host(...addresses),
      runtime,
      logger: silentLogger,
      user: this,
      ...(trust && { trust }),
    });
    this.layer.events.on('certificateRefused', (refusal) => this.refusals.push(refusal));
  }

  onMessage(message: SipMessage, flow: Flow): void {
    this.messages.push({ message, flow });
  }

  onSendFailed(_flow: Flow, _message: SipMessage, reason: string): void {
    this.failures.push(reason);
  }

  onFlowClosed(_flow: Flow, reason: string): void {
    this.closed.push(reason);
  }

  get last(): { readonly message: SipMessage; readonly flow: Flow } {
    const last = this.messages.at(-1);
    if (!last) throw new Error('no message came');
    return last;
  }

  async attempt(hop: Hop, options?: ConnectOptions): Promise<Flow | TransportFailure> {
    const connecting = this.layer.connect(hop, options);
    await this.#runtime.advance(50);
    const connected = await connecting;
    return connected.ok ? connected.value : connected.error;
  }

  async flowTo(hop: Hop): Promise<Flow> {
    const flow = await this.attempt(hop);
    if (!('id' in flow)) throw new Error(flow.message);
    return flow;
  }

  async send(flow: Flow, request: SipRequest = requestOf()): Promise<SipRequest> {
    prepareOutgoingRequest(request, flow);
    flow.send(request);
    await this.#runtime.advance(100);
    return request;
  }
}

/** A certificate that is good for `biloxi.example.com` during the year of the virtual clock, but for what is said. */
export function certificateOf(parts: Partial<PeerCertificate> = {}): PeerCertificate {
  return {
    fingerprint: 'AA:BB:CC',
    subject: 'CN=biloxi.example.com',
    issuer: 'CN=A Good Authority',
    commonName: 'biloxi.example.com',
    alternativeNames: [{ kind: 'uri', value: 'sip:biloxi.example.com' }],
    validFromMs: Date.UTC(2025, 0, 1),
    validUntilMs: Date.UTC(2027, 0, 1),
    isIssuerKnown: true,
    ...parts,
  };
}
