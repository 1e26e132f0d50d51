import { describe, expect, it } from 'vitest';
import { SessionOrder } from '../../../../src-main/media/session/session-order.ts';

function later() {
  let finish: () => void = () => {};
  const promise = new Promise<void>((resolve) => (finish = resolve));
  return { promise, finish };
}

describe('what is asked of one session', () => {
  it('is done at once when nothing is going on', async () => {
    const done: string[] = [];
    void new SessionOrder().follow('a', () => done.push('muted'));
    expect(done).toEqual(['muted']);
    await Promise.resolve();
  });

  it('comes after what was begun before it, in order', async () => {
    const order = new SessionOrder();
    const done: string[] = [];
    const [opening, reading] = [later(), later()];
    const all = [
      order.begin('a', () => opening.promise.then(() => done.push('opened'))),
      order.begin('a', () => reading.promise.then(() => done.push('greeting read'))),
      order.follow('a', () => done.push('stream set')),
    ];
    reading.finish();
    await order.follow('b', () => done.push('another session'));
    opening.finish();
    await Promise.all(all);
    expect(done).toEqual(['another session', 'opened', 'greeting read', 'stream set']);
  });

  it('goes on after a failure, which its asker hears of', async () => {
    const order = new SessionOrder();
    const failing = order.begin('a', () => Promise.reject(new Error('no such file')));
    const next = order.follow('a', () => 'stream set');
    await expect(failing).rejects.toThrow('no such file');
    expect(await next).toBe('stream set');
  });
});
