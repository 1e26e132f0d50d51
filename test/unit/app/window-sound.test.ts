import { describe, expect, it } from 'vitest';
import { WindowSound } from '../../../src-main/app/window-sound.ts';
import { silentLogger } from '../../../src-main/base/logger.ts';
import { TypedEmitter } from '../../../src-main/base/typed-emitter.ts';
import type { MediaEngine, WindowMessage, WindowTold } from '../../../src-main/media/index.ts';
import { buildSoundMessage } from '../../../src-shared/contract/index.ts';

const voice = { cancelsEcho: false, suppressesNoise: false, controlsGain: false };
const STATE = { kind: 'state', microphone: 'off', isBlocked: false, voice } as const;
const DEVICES = { kind: 'devices', devices: [] } as const;
const spoken = new Uint8Array(buildSoundMessage({ place: 'microphone', samples: new Int16Array(480) }));

function openDesk() {
  const told: WindowTold[] = [];
  const events = new TypedEmitter<{ window: WindowMessage }>(silentLogger);
  const media = { events, takeFromWindow: (one: WindowTold) => told.push(one) };
  const desk = new WindowSound(media as unknown as MediaEngine);
  const open = () => {
    const received: (string | ArrayBuffer)[] = [];
    return { received, seat: desk.attach({ send: (message) => received.push(message) }) };
  };
  return { told, events, open };
}

describe('windows that can lend their sound', () => {
  it('take turns: the second one is heard when the first has gone', () => {
    const { told, open } = openDesk();
    const [first, second] = [open(), open()];
    for (const { seat } of [first, second]) for (const report of [STATE, DEVICES]) seat.take(JSON.stringify(report));
    first.seat.take(spoken);
    second.seat.take(spoken);
    expect(told.map(({ kind }) => kind)).toEqual(['attached', 'state', 'devices', 'captured']);

    told.length = 0;
    first.seat.leave();
    first.seat.leave();
    second.seat.take(spoken);

    expect(told.map(({ kind }) => kind)).toEqual(['detached', 'attached', 'devices', 'state', 'captured']);
  });

  it('are asked and played to one at a time', () => {
    const { events, open } = openDesk();
    const [first, second] = [open(), open()];

    events.emit('window', { kind: 'close' });
    events.emit('window', { kind: 'sound', place: 'speaker', samples: new Int16Array(480) });

    expect(first.received).toEqual(['{"kind":"close"}', expect.any(ArrayBuffer)]);
    expect(second.received).toEqual([]);
  });

  it('say only what a window may say', () => {
    const { told, open } = openDesk();
    const { seat } = open();

    for (const message of ['{"kind":"captured","samples":{}}', '{"kind":"detached"}', 'x']) seat.take(message);
    seat.take(new Uint8Array(buildSoundMessage({ place: 'speaker', samples: new Int16Array(480) })));
    seat.take(new Uint8Array(963));

    expect(told).toEqual([{ kind: 'attached' }]);
  });
});
