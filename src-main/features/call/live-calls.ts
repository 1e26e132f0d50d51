// The calls that are going on: made here, kept until they are out of sight, and put on hold for each other.
import { randomToken } from '../../base/runtime.ts';
import type { TypedEmitter } from '../../base/typed-emitter.ts';
import {
  createDtlsIdentity,
  createIceNames,
  type DtlsIdentity,
  type IceServers,
  type RelayTrust,
} from '../../media/index.ts';
import type { ExtraHeaders, Flow } from '../../sip/core/index.ts';
import type { SipUri } from '../../sip/syntax/index.ts';
import type { Account } from '../registration/index.ts';
import { Call, type CallOptions } from './call.ts';
import type { CallInfo } from './call-info.ts';
import type { CallManagerEvents, CallManagerOptions } from './call-manager-options.ts';
import type { CallCrypto, CallMediaOptions } from './call-media.ts';
import { CallTable } from './call-table.ts';
import { setHold } from './hold.ts';
import { ANSWER_IN_PERSON } from './incoming-call.ts';
import { placeCall } from './outgoing-call.ts';

/** How long a call that is over stays in sight. */
const LINGER_MS = 2000;

/** RFC 3323 §4.1: what a hidden caller's sound is called. */
const ANONYMOUS_NAME = 'anonymous@anonymous.invalid';

export interface Placing {
  readonly isAnonymous?: boolean;
  readonly headers?: ExtraHeaders;
}

export type CallParties = Pick<CallOptions, 'direction' | 'remote' | 'forwardedFrom' | 'claimed'>;

export class LiveCalls {
  readonly table = new CallTable();
  readonly #options: CallManagerOptions;
  readonly #events: TypedEmitter<CallManagerEvents>;
  readonly #onCreated: (call: Call) => void;
  /** Our certificate for handshakes, from the first call on that may need it. */
  #identity: DtlsIdentity | undefined;

  /** `onCreated` ties a new call to those who deal with what happens in it. */
  constructor(options: CallManagerOptions, events: TypedEmitter<CallManagerEvents>, onCreated: (call: Call) => void) {
    this.#options = options;
    this.#events = events;
    this.#onCreated = onCreated;
  }

  list(): readonly CallInfo[] {
    return [...this.table.values()].map((call) => call.info);
  }

  create(account: Account, parties: CallParties): Call {
    const { runtime, logger, engine, settings } = this.#options;
    const file = settings.holdMusicFile;
    const call = new Call({
      ...{ id: randomToken(runtime), account, runtime, logger, engine },
      ...parties,
      isOwnServer: (flow: Flow) => this.#options.isOwnServer(account.id, flow),
      holdSound: file === null ? { kind: 'silence' } : { kind: 'file', file, isLooped: true },
    });
    call.events.on('changed', () => this.#events.emit('changed', undefined));
    this.#onCreated(call);
    call.events.on('ended', (info) => this.#onEnded(info));
    return call;
  }

  /** From now on the call is there for everybody. */
  show(call: Call): void {
    this.table.set(call.id, call);
    this.#events.emit('changed', undefined);
  }

  /** Undefined when there are too many calls already. */
  place(account: Account, target: SipUri, { isAnonymous = false, headers = [] }: Placing): Call | undefined {
    const { liveCount, awayCount } = this.table;
    if (liveCount - awayCount >= this.#options.settings.maxCalls) return undefined;
    const remote = { displayName: '', address: target.withoutParameter('user').toString(), isAsserted: false };
    const call = this.create(account, { direction: 'outgoing', remote });
    this.show(call);
    void placeCall(call, {
      core: this.#options.core,
      target,
      media: this.mediaOptions(account, isAnonymous),
      headers,
      isAnonymous,
      anonymousContact: this.#options.anonymousContactOf(account.id),
    });
    return call;
  }

  /** One voice at a time: what was spoken to before waits, unless it is in one conference with `except`. */
  holdOthers(except: Call): void {
    const { conferenceId } = except.info;
    for (const call of this.table.values()) {
      const { isOnHold, isAway } = call.info;
      const isTogether = conferenceId !== undefined && call.info.conferenceId === conferenceId;
      if (call === except || isTogether || call.phase !== 'connected' || isOnHold || isAway) continue;
      void setHold(call, true);
    }
  }

  mediaOptions(account: Account, isAnonymous = false): CallMediaOptions {
    const { engine, portRange, localAddressOf, runtime, silenceSuppression, jitter, relayTrust } = this.#options;
    return {
      engine,
      portRange,
      silenceSuppression,
      jitter,
      localAddress: localAddressOf(account),
      codecs: account.settings.codecs,
      hasTelephoneEvents: account.settings.dtmf !== 'inband',
      // RFC 3550 §6.5.1: user@host, which says no more than the address of record does.
      cname: isAnonymous ? ANONYMOUS_NAME : `${account.address.user ?? 'anonymous'}@${account.address.host}`,
      sdpSessionId: String(runtime.wallMs()),
      source: ANSWER_IN_PERSON.source,
      playsToDevice: true,
      ...(account.settings.ice && { iceServers: iceServersOf(account.settings, relayTrust) }),
      ...(account.settings.ice && {
        createIceNames: () => createIceNames((sizeBytes) => runtime.randomBytes(sizeBytes)),
      }),
      ...(account.settings.srtp !== 'off' && { crypto: this.#cryptoOf(account, isAnonymous) }),
    };
  }

  /** RFC 3323 §4.1: a hidden caller is not known again by his certificate. */
  #cryptoOf({ settings }: Account, isAnonymous: boolean): CallCrypto {
    const { runtime } = this.#options;
    const randomBytes = (sizeBytes: number): Uint8Array => runtime.randomBytes(sizeBytes);
    const identity = isAnonymous
      ? createDtlsIdentity(randomBytes)
      : (this.#identity ??= createDtlsIdentity(randomBytes));
    return { policy: settings.srtp, randomBytes, identity, fingerprint: identity.fingerprint };
  }

  #onEnded(info: CallInfo): void {
    if (!this.table.has(info.id)) return;
    this.#events.emit('ended', info);
    this.#options.runtime.setTimer(
      LINGER_MS,
      () => {
        this.table.delete(info.id);
        this.#events.emit('changed', undefined);
      },
      true,
    );
  }
}

/** Without a name at it, a relay gives nothing. */
function iceServersOf(settings: Account['settings'], trust: RelayTrust): IceServers {
  const { stunServer, turnServer, turnUsername, turnPassword } = settings;
  const hasRelay = turnServer !== null && turnUsername !== undefined && turnUsername !== '';
  return {
    ...(stunServer !== null && { stun: stunServer }),
    ...(hasRelay && { turn: { server: turnServer, username: turnUsername, password: turnPassword ?? '', trust } }),
  };
}
