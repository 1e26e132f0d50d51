// What the way through the sound driver adds, each way, on PulseAudio's virtual devices: from microphone to frame and from frame to loudspeaker.
import { nodeRuntime } from '../src-main/base/runtime.ts';
import { FRAME_SAMPLES, loadPortAudio, PortAudioBackend } from '../src-main/media/device/index.ts';
import { PulseServer } from '../test/support/media/pulse-server.ts';
import { keepResults, median, type Row } from './support/results.ts';

const ROUNDS = 10;
const ROUND_MS = 700;
const CLICK_MS = 10;
const THRESHOLD = 3000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const isLoud = (frame: Int16Array): boolean => frame.some((sample) => Math.abs(sample) > THRESHOLD);

/** The loudspeaker is the microphone: a click that is rendered comes back, once around. Half of it is the figure. */
export async function run(): Promise<object> {
  const server = await PulseServer.start({ isLooped: true });
  Object.assign(process.env, server.environment);
  const driver = loadPortAudio();
  if (!driver.ok) throw new Error(driver.error);
  const names = { captureName: 'headset', playbackName: 'headset' };
  const backend = new PortAudioBackend(driver.value, nodeRuntime(), names);
  const aroundMs: number[] = [];
  let clickDueMs = performance.now() + 1500;
  let clickedMs: number | undefined;
  const problem = await backend.start({
    onCaptured: (frame) => {
      if (clickedMs === undefined || !isLoud(frame)) return;
      // The first loud sample was captured when the frame was still being filled.
      const first = frame.findIndex((sample) => Math.abs(sample) > THRESHOLD);
      aroundMs.push(performance.now() - clickedMs - ((FRAME_SAMPLES - first) * 10) / FRAME_SAMPLES);
      clickedMs = undefined;
    },
    render: (frame) => {
      if (performance.now() < clickDueMs) return;
      clickDueMs = performance.now() + ROUND_MS;
      clickedMs = performance.now();
      for (let i = 0; i < (FRAME_SAMPLES * CLICK_MS) / 10; i++) frame[i] = i % 48 < 24 ? 16_000 : -16_000;
    },
    onLost: (reason) => process.stderr.write(`${reason}\n`),
  });
  if (problem !== undefined) throw new Error(problem);
  await pause(1500 + ROUNDS * ROUND_MS);
  await backend.stop();
  await server.stop();
  const around = median(aroundMs);
  const rows: Row[] = [
    {
      'once around ms': Math.round(around),
      'each way ms': Math.round(around / 2),
      'most ms': Math.round(Math.max(...aroundMs)),
      rounds: aroundMs.length,
    },
  ];
  keepResults('device-delay', rows);
  return { unit: 'ms each way', ours: Math.round(around / 2), peers: {}, rows };
}
