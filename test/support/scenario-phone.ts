// Whole phones on virtual time and a virtual network: the real stack, the real media engine, no socket and no waiting.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { createPhone } from '../../src-main/app/phone.ts';
import type { Phone } from '../../src-main/app/index.ts';
import { Logger } from '../../src-main/base/logger.ts';
import { busyTimes } from '../../src-main/features/away/calendar/index.ts';
import { createMediaEngine } from '../../src-main/media/index.ts';
import {
  claimDataFolder,
  Database,
  describeDataFolder,
  MemorySecrets,
  MemorySettings,
} from '../../src-main/storage/index.ts';
import {
  callHandler,
  checkWith,
  configFileSchema,
  type CallView,
  type CommandHandlers,
  type PhoneView,
  type Reply,
} from '../../src-shared/contract/index.ts';
import { memoryKeys } from './memory-keys.ts';
import { FakeRuntime } from './fake-runtime.ts';
import { VirtualNetwork as MediaNetwork } from './media/virtual-network.ts';
import { VirtualNetwork } from './virtual-network.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const STEP_MS = 100;

/** The place where the phones of one scenario live. */
export class Scenario {
  readonly runtime = new FakeRuntime();
  readonly network = new VirtualNetwork(this.runtime);
  readonly mediaNetwork = new MediaNetwork(this.runtime);
  readonly #phones: ScenarioPhone[] = [];

  /** `alice` at 10.0.0.1, `bob` at 10.0.0.2, …; `config` is laid over what they need. */
  async phone(user: string, config: Record<string, unknown> = {}): Promise<ScenarioPhone> {
    const index = this.#phones.length + 1;
    const opening = openScenarioPhone(this, user, index, config);
    await this.runtime.advance(100);
    const phone = await opening;
    this.#phones.push(phone);
    return phone;
  }

  /** Moves the clock; files are real also on virtual time, so that it gives way to them now and then. */
  async advance(byMs: number): Promise<void> {
    for (let leftMs = byMs; leftMs > 0; leftMs -= STEP_MS) {
      await this.runtime.advance(Math.min(STEP_MS, leftMs));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Goes on until `check` passes. */
  async until(check: () => void, timeout = 5000): Promise<void> {
    const tick = async () => {
      await this.advance(50);
      check();
    };
    await vi.waitFor(tick, { timeout, interval: 5 });
  }

  async close(): Promise<void> {
    for (const phone of this.#phones) {
      const closing = phone.close();
      await this.runtime.advance(5000);
      await closing;
    }
  }
}

export class ScenarioPhone {
  readonly phone: Phone;
  readonly address: string;
  readonly folder: string;
  readonly #close: () => Promise<void>;

  constructor(phone: Phone, address: string, folder: string, close: () => Promise<void>) {
    this.phone = phone;
    this.address = address;
    this.folder = folder;
    this.#close = close;
  }

  get view(): PhoneView {
    return this.phone.getView();
  }

  get do(): CommandHandlers {
    return this.phone.handlers;
  }

  /** The newest call in the view. */
  get call(): CallView | undefined {
    return this.view.calls.at(-1);
  }

  /** Its id; fails the test when there is no call. */
  get callId(): string {
    const id = this.call?.id;
    if (id === undefined) throw new Error('there is no call');
    return id;
  }

  /** A command as it comes over a border: checked, with its defaults. */
  ask(name: string, params: unknown): Promise<Reply<unknown>> {
    return callHandler(this.do, name, params);
  }

  async dial(target: string): Promise<string> {
    const dialed = await this.do['call.dial']({ target });
    if (!dialed.ok) throw new Error(dialed.failure.message);
    return dialed.value.callId;
  }

  close(): Promise<void> {
    return this.#close();
  }
}

async function openScenarioPhone(
  scenario: Scenario,
  user: string,
  index: number,
  overlay: Record<string, unknown>,
): Promise<ScenarioPhone> {
  const host = `10.0.0.${index}`;
  const checked = checkWith(configFileSchema, {
    accounts: [{ id: user, address: `sip:${user}@${host}`, register: false, codecs: ['PCMU'] }],
    sip: { listen: [{ transport: 'udp', address: host, port: 5060 }] },
    media: { address: host, portRange: [40_000 + index * 100, 40_099 + index * 100] },
    ...overlay,
  });
  if (!checked.ok) throw new Error(checked.message);
  const { runtime } = scenario;
  const logger = new Logger(() => {});
  const root = mkdtempSync(join(tmpdir(), 'nightjar-scenario-'));
  const folder = describeDataFolder(root);
  const claimed = claimDataFolder(folder);
  const database = Database.open(folder.databaseFile);
  const media = await createMediaEngine({ audio: { kind: 'null' }, runtime, logger, network: scenario.mediaNetwork });
  const phone = await createPhone({
    ...{ runtime, logger, media, database, folder, config: checked.value },
    network: scenario.network.host(host),
    settings: new MemorySettings(),
    secrets: new MemorySecrets(),
    assets: {
      greetingFile: join(ROOT, 'assets/audio/greeting.wav'),
      phrasesFolder: join(ROOT, 'assets/audio/phrases'),
      speechFile: join(ROOT, 'assets/audio/speech.wav'),
    },
    soundKeys: await memoryKeys(folder),
    openSpeechPort: () => ({ send: () => {}, onMessage: () => {}, onExit: () => {}, kill: () => {} }),
    readCalendar: (question) => Promise.resolve(busyTimes(question)),
    needsTestLine: false,
  });
  await phone.start();
  const close = async () => {
    await phone.close();
    await media.close();
    database.close();
    if (claimed.ok) claimed.value();
    rmSync(root, { recursive: true, force: true });
  };
  return new ScenarioPhone(phone, `sip:${user}@${host}`, root, close);
}
