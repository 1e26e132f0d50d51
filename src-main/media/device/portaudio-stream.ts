// One direction of one PortAudio device, in frames of 10 ms or halves of them. Never duplex: a stall would stay in its delay for good.
import type { Runtime } from '../../base/runtime.ts';
import { DEVICE_RATE_HZ, FRAME_SAMPLES } from './audio-backend.ts';
import type { PortAudio, PortAudioStream, PortAudioStreamOptions } from './naudiodon.ts';
import { RenderMoment } from './render-moment.ts';

/** Five milliseconds a callback: the lowest delay at which nothing is lost. */
const FRAMES_PER_BUFFER = 240;
const SAMPLE_FORMAT_16_BIT = 16;
const FRAME_BYTES = FRAME_SAMPLES * 2;
/** Captured frames that may wait for this process. */
const CAPTURE_QUEUE = 50;
/** The binding reads a buffer after `write` has returned, so it is not written to again soon. */
const BUFFERS = 8;
const QUIT_LIMIT_MS = 1000;

/** Runs until stopped; `lastActiveMs` tells a watchdog that the device is alive. */
export interface DeviceStream {
  lastActiveMs(): number;
  /** False when the device did not let go: only the end of the process helps then. */
  stop(): Promise<boolean>;
}

const streamOptions = (deviceId: number, maxQueue: number): PortAudioStreamOptions => ({
  deviceId,
  sampleRate: DEVICE_RATE_HZ,
  channelCount: 1,
  sampleFormat: SAMPLE_FORMAT_16_BIT,
  framesPerBuffer: FRAMES_PER_BUFFER,
  maxQueue,
  // WHY: otherwise the first underflow ends the stream.
  closeOnError: false,
});

/** Calls `onFrame` for each captured frame; throws what PortAudio throws. */
export function openCapture(
  portAudio: PortAudio,
  deviceId: number,
  runtime: Runtime,
  onFrame: (frame: Int16Array) => void,
): DeviceStream {
  const stream = portAudio.create({ inOptions: streamOptions(deviceId, CAPTURE_QUEUE) });
  let isStopped = false;
  const isRunning = (): boolean => !isStopped;
  let activeMs = runtime.nowMs();
  const run = async (): Promise<void> => {
    while (isRunning()) {
      const { buf } = await stream.read(FRAME_BYTES);
      if (!buf || buf.length < FRAME_BYTES) return;
      activeMs = runtime.nowMs();
      if (isRunning()) onFrame(new Int16Array(buf.buffer, buf.byteOffset, FRAME_SAMPLES));
    }
  };
  stream.start();
  void run().catch(() => {});
  return { lastActiveMs: () => activeMs, stop: () => ((isStopped = true), quit(stream, runtime)) };
}

/** Asks `onRender` for each frame, or half of one, to play; throws what PortAudio throws. */
export function openPlayback(
  portAudio: PortAudio,
  deviceId: number,
  runtime: Runtime,
  onRender: (frame: Int16Array) => void,
): DeviceStream {
  const stream = portAudio.create({ outOptions: streamOptions(deviceId, 1) });
  const frames = Array.from({ length: BUFFERS }, () => new Int16Array(FRAME_SAMPLES));
  const moment = new RenderMoment();
  let isStopped = false;
  const isRunning = (): boolean => !isStopped;
  let activeMs = runtime.nowMs();
  const run = async (): Promise<void> => {
    for (let turn = 0; isRunning(); turn++) {
      const frame = frames[turn % BUFFERS]?.fill(0) ?? new Int16Array(FRAME_SAMPLES);
      const piece = frame.subarray(0, (moment.pieceMs * DEVICE_RATE_HZ) / 1000);
      onRender(piece);
      // The next piece is rendered some time after this one has been taken: the device's own clock.
      await stream.write(Buffer.from(piece.buffer, 0, piece.byteLength));
      activeMs = runtime.nowMs();
      await holdBack(moment, runtime);
    }
  };
  stream.start();
  void run().catch(() => {});
  return { lastActiveMs: () => activeMs, stop: () => ((isStopped = true), quit(stream, runtime)) };
}

async function holdBack(moment: RenderMoment, runtime: Runtime): Promise<void> {
  const { holdMs } = moment;
  const fromMs = runtime.nowMs();
  if (holdMs > 0) await new Promise<void>((resolve) => runtime.setTimer(holdMs, resolve));
  moment.wokeLate(runtime.nowMs() - fromMs - holdMs);
}

function quit(stream: PortAudioStream, runtime: Runtime): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = runtime.setTimer(QUIT_LIMIT_MS, () => resolve(false), true);
    const finish = (hasLetGo: boolean): void => {
      timer.cancel();
      resolve(hasLetGo);
    };
    void stream.quit('WAIT').then(
      () => finish(true),
      () => finish(false),
    );
  });
}
