import { describe, expect, it } from 'vitest';
import { err, ok, type Result } from '../../../../../src-main/base/result.ts';
import {
  CalendarWatch,
  type BusySpan,
  type KeptCalendar,
} from '../../../../../src-main/features/away/calendar/index.ts';
import { FakeRuntime } from '../../../../support/fake-runtime.ts';

const QUARTER_MS = 15 * 60_000;
const SPAN: BusySpan = { fromMs: 1, untilMs: 2 };
const settings = { source: '/busy.ics', word: '' };

/** A calendar that answers with what the test puts there. */
function build(kept?: KeptCalendar) {
  const runtime = new FakeRuntime();
  const world = {
    ...{ runtime, kept, loads: 0, changes: 0 },
    loaded: ok('text') as Result<string, string>,
    spans: ok([SPAN]) as Result<readonly BusySpan[], string>,
  };
  const watch = new CalendarWatch({
    runtime,
    load: () => {
      world.loads++;
      return Promise.resolve(world.loaded);
    },
    read: () => Promise.resolve(world.spans),
    kept: { read: () => world.kept, write: (value) => (world.kept = value) },
    onChanged: () => world.changes++,
  });
  return { world, watch, wait: (ms: number) => runtime.advance(ms) };
}

describe('the watch over the calendar', () => {
  it('reads it when it is chosen and every quarter of an hour', async () => {
    const { world, watch, wait } = build();
    expect(watch.status).toBeUndefined();

    watch.follow(settings);
    expect(watch.status).toEqual({ readAtMs: null, entryCount: 0, failure: null });
    await wait(0);
    expect(watch.spans).toEqual([SPAN]);
    expect(watch.status).toMatchObject({ entryCount: 1, failure: null });
    watch.follow({ ...settings });
    await wait(QUARTER_MS);
    expect(world.loads).toBe(2);
    watch.follow({ ...settings, word: 'holiday' });
    await wait(0);
    expect(world.loads).toBe(3);
  });

  it('keeps what it knows while the calendar cannot be had, and says why', async () => {
    const { world, watch, wait } = build();
    watch.follow(settings);
    await wait(0);

    world.loaded = err('There is no such file.');
    await wait(QUARTER_MS);
    expect(watch.spans).toEqual([SPAN]);
    expect(watch.status?.failure).toBe('There is no such file.');
    world.loaded = ok('text');
    world.spans = ok([]);
    await watch.readNow();
    expect(watch.spans).toEqual([]);
    expect(watch.status?.failure).toBeNull();
    expect(world.changes).toBe(3);
  });

  it('begins with what was kept of the same calendar', () => {
    const kept = { ...settings, readAtMs: 5, spans: [SPAN] };

    const same = build(kept).watch;
    same.follow(settings);
    expect(same.spans).toEqual([SPAN]);
    const other = build(kept).watch;
    other.follow({ ...settings, source: '/other.ics' });
    expect(other.spans).toEqual([]);
  });

  it('forgets it when there is none any more, also one that is still being read', async () => {
    const { world, watch, wait } = build();
    watch.follow(settings);
    watch.follow(null);
    await wait(QUARTER_MS);

    expect(watch.spans).toEqual([]);
    expect(watch.status).toBeUndefined();
    expect(world.loads).toBe(1);
    expect(world.runtime.pendingTimers).toBe(0);
  });

  it('does nothing more once it is closed', async () => {
    const { world, watch, wait } = build();
    watch.follow(settings);
    watch.close();
    await wait(QUARTER_MS);

    expect(world.changes).toBe(0);
    expect(world.runtime.pendingTimers).toBe(0);
  });
});
