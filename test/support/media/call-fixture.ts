// Two engines, A and B, on a virtual network and virtual time, with a call between them.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src-main/base/logger.ts';
import type { Result } from '../../../src-main/base/result.ts';
import {
  createMediaEngine,
  type CodecConfig,
  type CodecName,
  type MediaEngine,
  type MediaFailure,
  type SessionConfig,
  type SessionOpened,
  type SessionStream,
} from '../../../src-main/media/index.ts';
import { buildWavHeader } from '../../../src-main/media/recording/index.ts';
import { FakeRuntime, settle } from '../fake-runtime.ts';
import { VirtualNetwork } from './virtual-network.ts';

const CODECS: Readonly<Record<CodecName, readonly [payloadType: number, clockRateHz: number]>> = {
  PCMU: [0, 8000],
  PCMA: [8, 8000],
  G722: [9, 8000],
  opus: [111, 48_000],
  L16: [97, 16_000],
};

export const codecConfig = (name: CodecName, packetMs = 20): CodecConfig => ({
  name,
  payloadType: CODECS[name][0],
  clockRateHz: CODECS[name][1],
  packetMs,
  remoteParameters: { useinbandfec: '1' },
});

export const sessionConfig = (extra: Partial<SessionConfig> = {}): SessionConfig => ({
  localAddress: '127.0.0.1',
  portRange: [40_000, 40_099],
  cname: 'a@b',
  source: { kind: 'silence' },
  playsToDevice: false,
  ...extra,
});

export const streamTo = (peer: SessionOpened, codec: CodecName, extra: Partial<SessionStream> = {}): SessionStream => ({
  remoteRtp: peer.rtp,
  remoteRtcp: peer.rtcp,
  direction: 'sendReceive',
  codecs: [codecConfig(codec)],
  telephoneEvent: { payloadType: 101, clockRateHz: codec === 'opus' ? 48_000 : 8000 },
  ...extra,
});

/** The value of a result that must be good. */
export function expectOk<T>(result: Result<T, MediaFailure>): T {
  if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.message}`);
  return result.value;
}

/** A folder, a clock, a network and the engines that were made on them. */
export class CallFixture {
  readonly runtime = new FakeRuntime();
  readonly network = new VirtualNetwork(this.runtime);
  readonly engines: MediaEngine[] = [];
  folder = '';

  static async create(): Promise<CallFixture> {
    const fixture = new CallFixture();
    fixture.folder = await mkdtemp(join(tmpdir(), 'nightjar-media-'));
    return fixture;
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  /** An engine without sound card; its microphone and loudspeaker may be files. */
  async engine(captureFile?: string, playbackFile?: string): Promise<MediaEngine> {
    const files = {
      ...(captureFile === undefined ? {} : { captureFile }),
      ...(playbackFile === undefined ? {} : { playbackFile }),
    };
    const engine = await createMediaEngine({
      audio: { kind: 'file', ...files },
      runtime: this.runtime,
      logger: silentLogger,
      network: this.network,
    });
    this.engines.push(engine);
    return engine;
  }

  async writeWav(name: string, samples: Int16Array, sampleRateHz = 48_000): Promise<string> {
    const data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
    await writeFile(this.file(name), Buffer.concat([buildWavHeader(sampleRateHz, 1, data.length), data]));
    return this.file(name);
  }

  /** The samples of a 16-bit file, one array a channel. */
  async readWav(name: string): Promise<Int16Array[]> {
    const bytes = await readFile(this.file(name));
    const channels = bytes.readUInt16LE(22);
    const count = Math.floor(bytes.readUInt32LE(40) / 2 / channels);
    return Array.from({ length: channels }, (_, channel) =>
      Int16Array.from({ length: count }, (__, i) => bytes.readInt16LE(44 + (i * channels + channel) * 2)),
    );
  }

  /** Moves the clock in frames, so that what is written in between reaches the disk. */
  async run(ms: number): Promise<void> {
    await this.runtime.advance(ms);
    await settle();
  }

  /** Lets something happen that takes turns of the event loop, real time where code is loaded, and little virtual time. */
  async until(hasHappened: () => boolean): Promise<void> {
    for (let turn = 0; turn < 500 && !hasHappened(); turn++) await this.run(turn % 10 === 0 ? 1 : 0);
    for (let turn = 0; turn < 2000 && !hasHappened(); turn++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await this.run(1);
    }
  }

  async close(): Promise<void> {
    for (const engine of this.engines) await engine.close();
    await rm(this.folder, { recursive: true });
  }
}

/** A session on each engine, connected with `codec`. */
export async function connect(
  a: MediaEngine,
  b: MediaEngine,
  codec: CodecName,
  configs: readonly [SessionConfig, SessionConfig] = [sessionConfig(), sessionConfig()],
): Promise<{ a: SessionOpened; b: SessionOpened }> {
  const openedA = expectOk(await a.openSession(configs[0]));
  const openedB = expectOk(await b.openSession(configs[1]));
  expectOk(await a.setStream(openedA.sessionId, streamTo(openedB, codec)));
  expectOk(await b.setStream(openedB.sessionId, streamTo(openedA, codec)));
  return { a: openedA, b: openedB };
}
