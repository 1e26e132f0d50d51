// What each step of a voice packet costs: parsing, protection, jitter buffer, codecs both ways, resampling, mixing, echo. Packets of 20 ms.
import { CodecLibrary, type CodecChoice } from '../src-main/media/codec/index.ts';
import { loadResamplerFactory } from '../src-main/media/dsp/index.ts';
import { JitterBuffer } from '../src-main/media/jitter/index.ts';
import { parseRtpPacket } from '../src-main/media/rtp/index.ts';
import { MixBus } from '../src-main/media/session/mixer.ts';
import { SRTP_SUITES, SrtpReceiver, SrtpSender, type SrtpSuite } from '../src-main/media/srtp/index.ts';
import { CaptureChain } from '../src-main/media/voice/index.ts';
import { keepResults, median, type Row } from './support/results.ts';

const ROUNDS = 7;
const ROUND_MS = 150;
const PACKETS_EACH_WAY = 50;

interface Kernel {
  readonly name: string;
  /** One packet. */
  readonly step: () => void;
}

/** The figure is the calls whose every packet could be protected and opened again on one core; the table has the rest. */
export async function run(): Promise<object> {
  const kernels = [
    ...packetKernels(),
    ...jitterKernels(),
    ...(await codecKernels()),
    ...(await soundKernels()),
    ...(await echoKernels()),
  ];
  const rates = new Map<string, number[]>();
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { name, step } of kernels) {
      const rate = measure(step);
      // The first round only warms up.
      if (round > 0) rates.set(name, [...(rates.get(name) ?? []), rate]);
    }
  }
  const perSecond = (name: string): number => Math.round(median(rates.get(name) ?? []));
  const rows = kernels.map(({ name }): Row => {
    const packetsPerSecond = perSecond(name);
    return {
      kernel: name,
      'packets a second': packetsPerSecond,
      'µs a packet': Math.round(1e7 / packetsPerSecond) / 10,
    };
  });
  keepResults('media-kernels', rows);
  // A call is 50 packets a second each way: one protected and one opened every 20 ms.
  const bothWays = perSecond('protect and open AES_CM_128_HMAC_SHA1_80');
  return {
    unit: 'encrypted calls whose packets one core can protect and open',
    ours: Math.round(bothWays / PACKETS_EACH_WAY),
    peers: {},
    rows,
  };
}

function measure(step: () => void): number {
  const startedMs = performance.now();
  let count = 0;
  let elapsedMs = 0;
  while (elapsedMs < ROUND_MS) {
    for (let turn = 0; turn < 50; turn++) step();
    count += 50;
    elapsedMs = performance.now() - startedMs;
  }
  return (count / elapsedMs) * 1000;
}

function rtp(sequence: number): Buffer {
  const packet = Buffer.alloc(172, 0x5a);
  packet.writeUInt16BE(0x8000, 0);
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE((160 * sequence) >>> 0, 4);
  packet.writeUInt32BE(0xcafe, 8);
  return packet;
}

function packetKernels(): readonly Kernel[] {
  const plain = rtp(7);
  const parse = { name: 'parse RTP', step: () => void parseRtpPacket(plain) };
  const suites: readonly SrtpSuite[] = ['AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_128_GCM', 'AEAD_AES_256_GCM'];
  const protection = suites.flatMap((suite) => {
    const { keyBytes, saltBytes } = SRTP_SUITES[suite];
    const key = { suite, keyAndSalt: Buffer.alloc(keyBytes + saltBytes, 3) };
    const sender = new SrtpSender(key);
    let sent = 0;
    // A packet is opened once: a second time it would be a replay.
    const source = new SrtpSender(key);
    const receiver = new SrtpReceiver(key);
    let made = 0;
    let waiting: Buffer[] = [];
    const open = (): void => {
      if (waiting.length === 0)
        waiting = Array.from({ length: 50 }, () => Buffer.from(source.protectRtp(rtp(made++)) ?? plain));
      receiver.unprotectRtp(waiting.shift() ?? plain);
    };
    return [
      { name: `protect ${suite}`, step: () => void sender.protectRtp(rtp(sent++)) },
      { name: `protect and open ${suite}`, step: open },
    ];
  });
  return [parse, ...protection];
}

function jitterKernels(): readonly Kernel[] {
  const buffer = new JitterBuffer({ clockRateHz: 8000 });
  const payload = new Uint8Array(160);
  let sequence = 0;
  const step = (): void => {
    const nowMs = sequence * 20;
    buffer.put({ sequence: sequence & 0xffff, timestamp: (sequence * 160) >>> 0, payloadType: 0, payload }, nowMs);
    buffer.take(nowMs);
    sequence++;
  };
  return [{ name: 'jitter buffer: put and take', step }];
}

/** Not a tone: codecs are quicker with those. */
const voice = (samples: number): Int16Array =>
  Int16Array.from({ length: samples }, (_, i) =>
    Math.round(6000 * Math.sin(i / 9) + 3000 * Math.sin(i / 2.3) + ((i * 7919) % 997)),
  );

async function codecKernels(): Promise<readonly Kernel[]> {
  const library = await CodecLibrary.load();
  const choices: readonly CodecChoice[] = [
    { name: 'PCMU', clockRateHz: 8000, remoteParameters: {} },
    { name: 'PCMA', clockRateHz: 8000, remoteParameters: {} },
    { name: 'G722', clockRateHz: 8000, remoteParameters: {} },
    { name: 'opus', clockRateHz: 48_000, remoteParameters: { useinbandfec: '1' } },
  ];
  return choices.flatMap((choice) => {
    const codec = library.create(choice);
    const [encoder, decoder] = [codec.createEncoder(), codec.createDecoder()];
    const frame = voice(codec.sampleRateHz / 50);
    const payload = Uint8Array.from(encoder.encode(frame));
    return [
      { name: `${choice.name} encode`, step: () => void encoder.encode(frame) },
      { name: `${choice.name} decode`, step: () => void decoder.decode(payload) },
    ];
  });
}

async function soundKernels(): Promise<readonly Kernel[]> {
  const resamplers = await loadResamplerFactory();
  const up = resamplers.create(8000, 48_000);
  const down = resamplers.create(48_000, 8000);
  const [narrow, wide] = [voice(160), voice(960)];
  const bus = new MixBus();
  const frame = voice(480);
  const mixed = new Int16Array(480);
  const mix = (): void => {
    // Two frames of 10 ms from three members each.
    for (let turn = 0; turn < 2; turn++) {
      bus.clear();
      for (let member = 0; member < 3; member++) bus.add(frame);
      bus.writeTo(mixed);
    }
  };
  return [
    { name: 'resample 8 to 48 kHz', step: () => void up.process(narrow) },
    { name: 'resample 48 to 8 kHz', step: () => void down.process(wide) },
    { name: 'mix three at 48 kHz', step: mix },
  ];
}

/** Two frames of 10 ms each: what an open loudspeaker costs, and a headset. */
async function echoKernels(): Promise<readonly Kernel[]> {
  const load = (cancelsEcho: boolean): Promise<CaptureChain> =>
    CaptureChain.load({ cancelsEcho, suppressesNoise: false, controlsGain: false }, () => undefined);
  const chains = [
    { name: 'cancel echo', chain: await load(true), played: voice(480) },
    { name: 'cancel echo, nothing played', chain: await load(true), played: new Int16Array(480) },
    { name: 'cancel no echo (headset)', chain: await load(false), played: voice(480) },
  ];
  const captured = voice(480).map((sample) => sample >> 2);
  return chains.map(({ name, chain, played }) => ({
    name,
    step: () => {
      for (let turn = 0; turn < 2; turn++) {
        chain.addPlayed(played);
        chain.process(captured);
      }
    },
  }));
}
