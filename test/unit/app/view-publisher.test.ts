import { describe, expect, it } from 'vitest';
import { ViewPublisher, type SliceSources } from '../../../src-main/app/view-publisher.ts';
import type { AnyEvent } from '../../../src-shared/contract/index.ts';

function publisher() {
  const events: AnyEvent[] = [];
  const state = { isDoNotDisturb: false, notices: 0 };
  const sources: SliceSources = {
    accounts: () => [],
    calls: () => [],
    history: () => [],
    messages: () => [],
    away: () => ({ enabled: false, unheardCount: 0, settings: {} as never }),
    audio: () => ({ backend: 'null', reason: '' }),
    playback: () => null,
    notices: () => Array.from({ length: state.notices }, (_, i) => ({ id: String(i), atMs: 0, text: 'x' })),
    certificateQuestions: () => [],
    testLine: () => null,
    isDoNotDisturb: () => state.isDoNotDisturb,
  };
  const view = new ViewPublisher((event) => events.push(event));
  return { view, sources, state, events };
}

describe('the view', () => {
  it('pushes changed slices whole, together, with one revision', async () => {
    const { view, sources, state, events } = publisher();
    view.start(sources);
    state.isDoNotDisturb = true;
    state.notices = 2;
    view.touch('isDoNotDisturb');
    view.touch('notices', 'calls');
    await Promise.resolve();

    expect(events).toEqual([
      {
        event: 'phone.changed',
        revision: 1,
        changed: { isDoNotDisturb: true, notices: [expect.anything(), expect.anything()] },
      },
    ]);
  });

  it('is silent when nothing has changed', async () => {
    const { view, sources, events } = publisher();
    view.start(sources);
    view.touch('calls', 'accounts');
    await Promise.resolve();

    expect(events).toEqual([]);
  });

  it('never answers an older state than it has pushed', () => {
    const { view, sources, state } = publisher();
    view.start(sources);
    state.isDoNotDisturb = true;
    view.touch('isDoNotDisturb');

    expect(view.get()).toMatchObject({ revision: 1, isDoNotDisturb: true });
  });

  it('does nothing before the features are there', async () => {
    const { view, events } = publisher();
    view.touch('calls');
    await Promise.resolve();

    expect(events).toEqual([]);
  });
});
