// Where a row is run: a whole headless phone on loopback sockets whose clock runs fast, and peers in the hand of the row.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPhone } from '../../src-main/app/phone.ts';
import type { Phone } from '../../src-main/app/index.ts';
import { silentLogger } from '../../src-main/base/logger.ts';
import { nodeRuntime, type Runtime } from '../../src-main/base/runtime.ts';
import { createMediaEngine } from '../../src-main/media/index.ts';
import { nodeNetwork } from '../../src-main/sip/transport/index.ts';
import {
  claimDataFolder,
  Database,
  describeDataFolder,
  MemorySecrets,
  MemorySettings,
} from '../../src-main/storage/index.ts';
import { callHandler, checkWith, configFileSchema, type CallView } from '../../src-shared/contract/index.ts';
import { memoryKeys } from '../support/memory-keys.ts';
import { sdpOffer, unique, WireDialog, type RequestParts, type SentRequest } from './wire-dialog.ts';
import type { WireMessage } from './wire-message.ts';
import { LOOPBACK, WirePeer, type Transport } from './wire-peer.ts';

/** The phone's clock runs so many times as fast: T1 is 50 ms of ours, timer B 3.2 s. */
export const SPEED = 10;
export const T1_MS = 500 / SPEED;
const ASSETS = join(import.meta.dirname, '..', '..', 'assets', 'audio');

/** The real clock and its timers, faster. */
function fastRuntime(): Runtime {
  const real = nodeRuntime();
  return {
    ...real,
    nowMs: () => real.nowMs() * SPEED,
    setTimer: (delayMs, callback, isBackground) => real.setTimer(delayMs / SPEED, callback, isBackground),
  };
}

export interface PhoneOptions {
  readonly account?: Readonly<Record<string, unknown>>;
  /** Accounts beside bob's. */
  readonly others?: readonly object[];
  readonly calls?: Readonly<Record<string, unknown>>;
}

/** A call that the peer made, up to where the row takes over. */
export interface IncomingCall {
  readonly caller: WireDialog;
  readonly invite: SentRequest;
  readonly ringing: WireMessage;
}

/** A call that the phone made. */
export interface OutgoingCall {
  readonly callee: WireDialog;
  readonly invite: WireMessage;
  readonly callId: string;
}

export class Lab {
  readonly #closers: (() => Promise<void>)[] = [];
  #phone: Phone | undefined;
  #portBase: number;

  /** `index` keeps the sound of rows that run side by side apart. */
  constructor(index: number) {
    this.#portBase = 20_000 + (index % 400) * 100;
  }

  get phone(): Phone {
    if (!this.#phone) throw new Error('the row has not opened its phone');
    return this.#phone;
  }

  /** Where the phone listens. */
  port(transport: Transport = 'udp'): number {
    const place = this.phone.listen.find((listening) => listening.transport === transport);
    if (!place) throw new Error(`the phone does not listen for ${transport}`);
    return place.port;
  }

  /** Bob's phone; it registers nowhere unless the account says so. */
  async open({ account = {}, others = [], calls = {} }: PhoneOptions = {}): Promise<Phone> {
    const checked = checkWith(configFileSchema, {
      accounts: [
        {
          ...{ id: 'bob', address: `sip:bob@${LOOPBACK}`, displayName: 'Bob', register: false, password: 'bob-pw' },
          ...{ codecs: ['PCMU'], messageWaiting: 'off', ...account },
        },
        ...others,
      ],
      sip: {
        listen: [
          { transport: 'udp', address: LOOPBACK },
          { transport: 'tcp', address: LOOPBACK },
        ],
      },
      media: { address: LOOPBACK, portRange: [this.#portBase, this.#portBase + 99] },
      calls,
    });
    if (!checked.ok) throw new Error(checked.message);
    const root = mkdtempSync(join(tmpdir(), 'nightjar-conformance-'));
    const folder = describeDataFolder(root);
    const claimed = claimDataFolder(folder);
    const database = Database.open(folder.databaseFile);
    const media = await createMediaEngine({ audio: { kind: 'null' }, runtime: nodeRuntime(), logger: silentLogger });
    const phone = await createPhone({
      ...{ runtime: fastRuntime(), logger: silentLogger, media, database, folder, config: checked.value },
      ...{ network: nodeNetwork(), settings: new MemorySettings(), secrets: new MemorySecrets() },
      assets: {
        greetingFile: join(ASSETS, 'greeting.wav'),
        phrasesFolder: join(ASSETS, 'phrases'),
        speechFile: join(ASSETS, 'speech.wav'),
      },
      soundKeys: await memoryKeys(folder),
      openSpeechPort: () => ({ send: () => {}, onMessage: () => {}, onExit: () => {}, kill: () => {} }),
      readCalendar: () => Promise.resolve({ ok: true, value: [] }),
      needsTestLine: false,
    });
    await phone.start();
    this.#phone = phone;
    this.#closers.push(async () => {
      await phone.close();
      await media.close();
      database.close();
      if (claimed.ok) claimed.value();
      rmSync(root, { recursive: true, force: true });
    });
    return phone;
  }

  async peer(transport: Transport = 'udp', remotePort = 0): Promise<WirePeer> {
    const peer = await WirePeer.open(transport, remotePort);
    this.#closers.push(() => {
      peer.close();
      return Promise.resolve();
    });
    return peer;
  }

  /** Somebody who is about to call or ask bob; opens the phone when there is none. */
  async caller(transport: Transport = 'udp', options: PhoneOptions = {}): Promise<WireDialog> {
    if (!this.#phone) await this.open(options);
    const port = this.port(transport);
    const peer = await this.peer(transport, port);
    return new WireDialog(peer, `sip:${unique('u')}@${LOOPBACK}:${peer.port}`, `sip:bob@${LOOPBACK}:${port}`);
  }

  /** A call to bob that rings. */
  async ringing(
    parts: RequestParts = {},
    transport: Transport = 'udp',
    options: PhoneOptions = {},
  ): Promise<IncomingCall> {
    const caller = await this.caller(transport, options);
    const invite = await caller.invite(parts);
    const ringing = await caller.peer.response(180);
    return { caller, invite, ringing };
  }

  /** A call to bob that he has answered and the caller acknowledged. */
  async answered(
    parts: RequestParts = {},
    transport: Transport = 'udp',
    options: PhoneOptions = {},
  ): Promise<IncomingCall> {
    const call = await this.ringing(parts, transport, options);
    await this.answer();
    await call.caller.ack(await call.caller.peer.response(200, 'INVITE'));
    return call;
  }

  /** Bob calls somebody, whose INVITE is there. */
  async dialed(transport: Transport = 'udp', options: PhoneOptions = {}): Promise<OutgoingCall> {
    if (!this.#phone) await this.open(options);
    const peer = await this.peer(transport);
    const suffix = transport === 'tcp' ? ';transport=tcp' : '';
    const { callId } = (await this.do('call.dial', { target: `sip:carol@${LOOPBACK}:${peer.port}${suffix}` })) as {
      callId: string;
    };
    const invite = await peer.request('INVITE');
    return { callee: WireDialog.of(peer, invite), invite, callId };
  }

  /** Bob's call was answered and he acknowledged. */
  async connected(
    transport: Transport = 'udp',
    options: PhoneOptions = {},
    headers: Readonly<Record<string, string | readonly string[]>> = {},
  ): Promise<OutgoingCall> {
    const call = await this.dialed(transport, options);
    await call.callee.respond(call.invite, 200, { body: sdpOffer(), headers });
    await call.callee.peer.request('ACK');
    return call;
  }

  /** A command of the user, which must work; a row that does not wait for it does not care. */
  do(name: string, params: unknown = {}): Promise<unknown> {
    const done = this.#do(name, params);
    done.catch(() => {});
    return done;
  }

  async #do(name: string, params: unknown): Promise<unknown> {
    const reply = await callHandler(this.phone.handlers, name, params);
    if (!reply.ok) throw new Error(`${name}: ${reply.failure.message}`);
    return reply.value;
  }

  get call(): CallView {
    const call = this.phone.getView().calls.at(-1);
    if (!call) throw new Error('the phone has no call');
    return call;
  }

  answer(): Promise<unknown> {
    return this.do('call.answer', { callId: this.call.id });
  }

  hangUp(): Promise<unknown> {
    return this.do('call.hangUp', { callId: this.call.id });
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#closers
        .splice(0)
        .reverse()
        .map((close) => close()),
    );
  }
}

export const pause = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));

/** Resolves once `check` is true. */
export async function until(check: () => boolean, limitMs = 4000): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!check()) {
    if (performance.now() > endMs) throw new Error(`not within ${limitMs} ms: ${check.toString()}`);
    await pause(5);
  }
}
