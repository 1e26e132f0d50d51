// The built-in test line: a registrar and user agent on 127.0.0.1, spoken to over the real stack and real RTP.
import type { Logger } from '../../base/logger.ts';
import type { Runtime } from '../../base/runtime.ts';
import type { MediaEngine, SendSource } from '../../media/index.ts';
import { createAccount, type Account, type AccountSettings } from '../registration/index.ts';
import { CallMedia } from '../call/index.ts';
import type { AccountIdentity, IncomingInvite, UserAgentCore } from '../../sip/core/index.ts';
import { NameAddress, SipUri } from '../../sip/syntax/index.ts';
import { Bindings } from './bindings.ts';
import { TEST_NUMBERS, type TestBehaviour } from './numbers.ts';
import { TestCall } from './test-call.ts';

export const TEST_LINE_ADDRESS = '127.0.0.1';
export const TEST_LINE_ACCOUNT_ID = 'testline';

export interface TestLineOptions {
  /** A user agent of its own, listening on 127.0.0.1 only. */
  readonly core: UserAgentCore;
  readonly port: number;
  readonly media: MediaEngine;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly portRange: readonly [first: number, last: number];
}

export class TestLine {
  readonly #options: TestLineOptions;
  readonly #bindings: Bindings;
  readonly #calls = new Set<TestCall>();

  constructor(options: TestLineOptions) {
    this.#options = options;
    this.#bindings = new Bindings(options.runtime);
    options.core.onRequest('REGISTER', (request) => this.#bindings.register(request));
    options.core.events.on('invite', (invite) => void this.#onInvite(invite));
  }

  /** The account by which this phone uses the line. */
  account(): Account {
    const created = createAccount(
      { ...DEFAULT_SETTINGS, address: `sip:you@${TEST_LINE_ADDRESS}:${this.#options.port}` },
      true,
    );
    if (!created.ok) throw new Error(created.error);
    return created.value;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#calls].map((call) => call.close()));
    await this.#options.core.close(500);
  }

  async #onInvite(invite: IncomingInvite): Promise<void> {
    const { requestUri, from } = invite.request;
    const user = requestUri.kind === 'sip' ? requestUri.user : undefined;
    const found = TEST_NUMBERS.find(({ number }) => number === user);
    if (!found) {
      invite.reject(404);
      return;
    }
    const caller = from.uri.kind === 'sip' ? (from.uri.user ?? '') : '';
    await this.#behave(invite, found.behaviour, caller);
  }

  async #behave(invite: IncomingInvite, behaviour: TestBehaviour, caller: string): Promise<void> {
    const { runtime } = this.#options;
    switch (behaviour.kind) {
      case 'refuse':
        invite.reject(behaviour.statusCode);
        return;
      case 'redirect':
        invite.redirect([new NameAddress({ uri: this.#uriOf(behaviour.to) })]);
        return;
      case 'callBack': {
        const call = await this.#open(invite, { kind: 'tone', tone: 'beep' }, 0);
        call?.answer();
        // One beep says that it was understood; then it hangs up and rings back.
        runtime.setTimer(behaviour.afterMs / 2, () => call?.hangUp());
        runtime.setTimer(behaviour.afterMs, () => void this.#callBack(caller));
        return;
      }
      case 'earlyMedia': {
        const call = await this.#open(invite, { kind: 'tone', tone: 'music' }, 0);
        call?.playEarly();
        runtime.setTimer(behaviour.forMs, () => call?.answer());
        return;
      }
      case 'answer': {
        const call = await this.#open(invite, behaviour.source, behaviour.lossFraction ?? 0);
        if (behaviour.afterMs === undefined) {
          call?.answer();
          return;
        }
        invite.ring();
        runtime.setTimer(behaviour.afterMs, () => call?.answer());
        return;
      }
    }
  }

  async #open(invite: IncomingInvite, source: SendSource, lossFraction: number): Promise<TestCall | undefined> {
    const media = await CallMedia.open({ ...this.#mediaOptions(), source });
    if (!media.ok) {
      invite.reject(500);
      return undefined;
    }
    if (lossFraction > 0) await this.#options.media.setSendLoss(media.value.sessionId, lossFraction);
    const call = TestCall.incoming(invite, media.value, () => this.#calls.delete(call));
    this.#calls.add(call);
    return call;
  }

  /** Rings the caller, and plays music to whoever answers. */
  async #callBack(caller: string): Promise<void> {
    const contact = this.#bindings.find(caller);
    if (!contact) return;
    const media = await CallMedia.open({ ...this.#mediaOptions(), source: { kind: 'tone', tone: 'music' } });
    if (!media.ok) return;
    const invite = this.#options.core.invite({
      target: contact,
      account: this.identity(),
      offer: media.value.createOffer(false),
    });
    const call = TestCall.outgoing(invite, media.value, () => this.#calls.delete(call));
    this.#calls.add(call);
  }

  /** As whom the line calls and answers. */
  identity(): AccountIdentity {
    return {
      address: this.#uriOf('call-me-back'),
      displayName: 'Test line',
      contactUser: 'testline',
      outboundProxies: [],
    };
  }

  #uriOf(user: string): SipUri {
    return new SipUri({ scheme: 'sip', user, host: TEST_LINE_ADDRESS, port: this.#options.port });
  }

  #mediaOptions() {
    const { media, portRange, runtime } = this.#options;
    return {
      engine: media,
      localAddress: TEST_LINE_ADDRESS,
      portRange,
      codecs: DEFAULT_SETTINGS.codecs,
      cname: 'testline@nightjar.invalid',
      sdpSessionId: String(runtime.wallMs()),
      playsToDevice: false,
    };
  }
}

const DEFAULT_SETTINGS: Omit<AccountSettings, 'address'> = {
  id: TEST_LINE_ACCOUNT_ID,
  displayName: '',
  register: true,
  registerExpiresSec: 300,
  outboundProxies: [],
  transport: 'udp',
  codecs: ['opus', 'G722', 'PCMA', 'PCMU'],
  srtp: 'off',
  ice: false,
  stunServer: null,
  turnServer: null,
  dtmf: 'auto',
  sessionTimerSec: 1800,
  reliableProvisional: 'supported',
};
