// From mouth to ear through two windows: the delay between two phones whose sound is that of their browser windows (WebAudio).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { PhoneProcess } from '../test/support/phone-process.ts';
import { findProgram } from '../test/support/requirements.ts';
import { keepResults, median, type Row } from './support/results.ts';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required'];
const PORTS = { mouth: 45_060, ear: 45_062 } as const;
const SETTLE_MS = 6000;
const MEASURE_MS = Number(process.env['WINDOW_DELAY_MS'] ?? '30000');

interface Noted {
  onsetsMs?: { mouth: number[]; ear: number[] };
}

/** The microphone is a generator of clicks; when one begins, and when one is played, is noted by the machine's clock. */
function installMouthAndEar(): void {
  const noted = { mouth: [] as number[], ear: [] as number[] };
  (window as Noted).onsetsMs = noted;
  const watch = (node: AudioNode, onsets: number[], connect: (to: AudioNode) => void): void => {
    const analyser = new AnalyserNode(node.context, { fftSize: 256 });
    connect(analyser);
    const piece = new Float32Array(256);
    let quietSinceMs = 0;
    setInterval(() => {
      analyser.getFloatTimeDomainData(piece);
      const nowMs = performance.timeOrigin + performance.now();
      if (!piece.some((sample) => Math.abs(sample) > 0.1)) return;
      if (nowMs - quietSinceMs > 250) onsets.push(nowMs);
      quietSinceMs = nowMs;
    }, 1);
  };
  const connect = Reflect.get(AudioNode.prototype, 'connect') as (...args: unknown[]) => unknown;
  Reflect.set(AudioNode.prototype, 'connect', function (this: AudioNode, ...args: unknown[]) {
    if (args[0] instanceof AudioDestinationNode) watch(this, noted.ear, (to) => connect.call(this, to, 0));
    return connect.apply(this, args);
  });
  navigator.mediaDevices.getUserMedia = () => {
    const context = new AudioContext({ sampleRate: 48_000 });
    const mouth = new GainNode(context, { gain: 0 });
    const tone = new OscillatorNode(context, { frequency: 800 });
    const stream = new MediaStreamAudioDestinationNode(context);
    tone.start();
    connect.call(tone, mouth);
    connect.call(mouth, stream);
    watch(mouth, noted.mouth, (to) => connect.call(mouth, to));
    const click = (): void => {
      const at = context.currentTime + 0.01;
      mouth.gain.setValueAtTime(0.6, at);
      mouth.gain.setValueAtTime(0, at + 0.06);
      setTimeout(click, 500 + Math.random() * 200);
    };
    click();
    return Promise.resolve(stream.stream);
  };
}

async function openWindow(browser: Browser, folder: string, name: keyof typeof PORTS) {
  const configFile = join(folder, `${name}.json`);
  writeFileSync(
    configFile,
    JSON.stringify({
      accounts: [{ id: name, address: `sip:${name}@127.0.0.1`, register: false, codecs: ['PCMU'] }],
      sip: { listen: [{ transport: 'udp', address: '127.0.0.1', port: PORTS[name] }] },
      calls: { autoAnswerAfterSec: 0 },
      media: { echoCancellation: 'off', noiseSuppression: false, automaticGain: false },
    }),
  );
  const phone = await PhoneProcess.create({ audio: 'webaudio', configFile });
  const page = await (await browser.newContext()).newPage();
  await page.addInitScript(installMouthAndEar);
  await page.goto(phone.url);
  return { phone, page };
}

const onsetsIn = (page: Page) => page.evaluate(() => (window as Noted).onsetsMs ?? { mouth: [], ear: [] });

/** Each click that was heard, with the last one spoken before it. */
function delaysMs(spoken: readonly number[], heard: readonly number[]): number[] {
  return heard.flatMap((earMs) => {
    const mouthMs = spoken.filter((each) => each < earMs).at(-1);
    return mouthMs === undefined || earMs - mouthMs > 450 ? [] : [earMs - mouthMs];
  });
}

export async function run(): Promise<object> {
  const program = findProgram('chromium');
  if (program === undefined) throw new Error('no Chromium is installed');
  const folder = mkdtempSync(join(tmpdir(), 'nightjar-delay-'));
  const browser = await chromium.launch({ executablePath: program, args: FLAGS });
  const mouth = await openWindow(browser, folder, 'mouth');
  const ear = await openWindow(browser, folder, 'ear');
  try {
    await mouth.phone.command('call.dial', { target: `sip:ear@127.0.0.1:${PORTS.ear}` });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS + MEASURE_MS));
    const [spoken, heard] = [(await onsetsIn(mouth.page)).mouth, (await onsetsIn(ear.page)).ear];
    const first = (spoken[0] ?? 0) + SETTLE_MS;
    const delays = delaysMs(
      spoken,
      heard.filter((atMs) => atMs > first),
    ).sort((a, b) => a - b);
    const at = (share: number) => Math.round(delays[Math.floor(share * (delays.length - 1))] ?? NaN);
    const due = spoken.filter((atMs) => atMs > first).length;
    const rows: Row[] = [
      {
        'delay ms': Math.round(median(delays)),
        'p5 ms': at(0.05),
        'p95 ms': at(0.95),
        clicks: due,
        heard: delays.length,
      },
    ];
    keepResults('window-delay', rows);
    return { unit: 'ms from mouth to ear, without the sound card', ours: Math.round(median(delays)), peers: {}, rows };
  } finally {
    await browser.close();
    await Promise.all([mouth.phone.remove(), ear.phone.remove()]);
    rmSync(folder, { recursive: true, force: true });
  }
}
