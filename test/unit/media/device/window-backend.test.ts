import { describe, expect, it } from 'vitest';
import {
  FRAME_SAMPLES,
  NO_STAGES,
  Pacer,
  WindowBackend,
  WindowLine,
  WindowOutput,
  type WindowMessage,
} from '../../../../src-main/media/device/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

const ON = { kind: 'state', microphone: 'on', isBlocked: false, voice: NO_STAGES } as const;
const frames = (count: number, value = 7) => new Int16Array(FRAME_SAMPLES * count).fill(value);

function setUp() {
  const runtime = new FakeRuntime();
  const sent: WindowMessage[] = [];
  const line = new WindowLine((message) => sent.push(message));
  const names = { captureName: 'Headset' };
  const backend = new WindowBackend({ line, pacer: new Pacer(runtime), runtime, names, voice: NO_STAGES });
  const heard = { captured: 0, spoken: 0, rendered: 0, lost: [] as string[] };
  const user = {
    onCaptured: (frame: Int16Array) => {
      heard.captured++;
      if (frame[0] !== 0) heard.spoken++;
    },
    render: (frame: Int16Array) => {
      heard.rendered++;
      frame.fill(5);
    },
    onLost: (reason: string) => void heard.lost.push(reason),
  };
  /** The window captures for so long, a frame every 10 ms. */
  const run = async (durationMs: number): Promise<void> => {
    for (let ms = 0; ms < durationMs; ms += 10) {
      await runtime.advance(10);
      line.take({ kind: 'captured', samples: frames(1) });
    }
  };
  const attach = () => {
    line.take({ kind: 'attached' });
    line.take(ON);
  };
  return { runtime, sent, line, backend, heard, user, run, attach };
}

describe('the sound of a window as a device', () => {
  it('cannot be opened without a window, or before the browser lets it sound', async () => {
    const { backend, line, user } = setUp();

    expect(await backend.start(user)).toContain('no window');
    line.take({ kind: 'attached' });
    line.take({ ...ON, isBlocked: true });
    expect(await backend.start(user)).toContain('clicks');
  });

  it('asks the window to open, with the microphone only while somebody is to be heard', async () => {
    const { backend, sent, user, attach } = setUp();
    attach();

    await backend.start(user);
    backend.useMicrophone(true);
    backend.useMicrophone(true);
    await backend.stop();

    const opening = { kind: 'open', captureName: 'Headset', voice: NO_STAGES };
    expect(sent).toEqual([
      { ...opening, usesMicrophone: false },
      { ...opening, usesMicrophone: true },
      { kind: 'close' },
    ]);
  });

  it('runs by the window’s clock: a frame to be heard for each that was captured', async () => {
    const { backend, heard, sent, user, run, attach } = setUp();
    attach();
    await backend.start(user);

    await run(1000);

    expect(heard.spoken).toBeGreaterThanOrEqual(99);
    expect(heard.rendered).toBe(heard.captured);
    const played = sent.filter(({ kind }) => kind === 'sound');
    expect(played).toHaveLength(heard.spoken);
    expect(played.at(-1)).toMatchObject({ place: 'speaker', samples: frames(1, 5) });
  });

  it('keeps the time of a window that is late, and does not make up for it twice', async () => {
    const { backend, runtime, heard, user, line, run, attach } = setUp();
    attach();
    await backend.start(user);
    await run(1000);

    await runtime.advance(400);
    for (let i = 0; i < 4; i++) line.take({ kind: 'captured', samples: frames(10) });
    await run(1000);

    expect(heard.rendered).toBeGreaterThan(230);
    expect(heard.rendered).toBeLessThan(252);
    expect(heard.lost).toEqual([]);
  });

  it('is not driven faster than time by a window gone wild', async () => {
    const { backend, runtime, heard, user, line, attach } = setUp();
    attach();
    await backend.start(user);

    for (let ms = 0; ms < 1000; ms += 10) {
      await runtime.advance(10);
      for (let i = 0; i < 10; i++) line.take({ kind: 'captured', samples: frames(10) });
    }

    expect(heard.rendered).toBeLessThan(112);
  });

  it('is lost when the window delivers nothing, and can be used again when it is heard of', async () => {
    const { backend, runtime, heard, user, line, run, attach } = setUp();
    attach();
    await backend.start(user);
    await run(500);

    await runtime.advance(1500);

    expect(heard.lost).toEqual(['the window delivers no sound']);
    expect(line.obstacle).toContain('delivers no sound');
    line.take(ON);
    expect(line.obstacle).toBeUndefined();
  });

  it('is lost when the window goes', async () => {
    const { backend, heard, user, line, run, attach } = setUp();
    attach();
    await backend.start(user);
    await run(100);

    line.take({ kind: 'detached' });

    expect(heard.lost).toEqual([expect.stringContaining('no window')]);
  });

  it('rings on an output of its own beside a call, by one clock', async () => {
    const { backend, sent, user, line, run, attach } = setUp();
    attach();
    await backend.start(user);
    backend.useMicrophone(true);
    const output = new WindowOutput(line, 'Speakers');

    expect(output.start({ onRender: (frame) => frame.fill(9), onLost: () => undefined })).toBe(true);
    await run(100);
    await output.stop();

    const rung = sent.filter((message) => message.kind === 'sound' && message.place === 'ringer');
    expect(rung).toHaveLength(10);
    expect(rung[0]).toMatchObject({ samples: frames(1, 9) });
    expect(sent).toContainEqual(
      expect.objectContaining({ kind: 'open', usesMicrophone: true, captureName: 'Headset', ringerName: 'Speakers' }),
    );
    expect(sent.at(-1)).toMatchObject({ kind: 'open', usesMicrophone: true });
  });

  it('asks a new window anew for what is open', async () => {
    const { backend, sent, line, attach } = setUp();
    attach();
    const output = new WindowOutput(line, 'Speakers');
    output.start({ onRender: () => undefined, onLost: () => undefined });
    sent.length = 0;

    line.take({ kind: 'attached' });
    line.take(ON);

    expect(sent).toEqual([expect.objectContaining({ kind: 'open', ringerName: 'Speakers' })]);
    await backend.stop();
  });
});
