import { describe, expect, it } from 'vitest';
import { ViewPublisher, type SliceSources } from '../../../src-main/app/view-publisher.ts';
import { FakeRuntime } from '../../support/fake-runtime.ts';
import type { AnyEvent } from '../../../src-shared/contract/index.ts';

function publisher() {
  const events: AnyEvent[] = [];
  const state = { isDoNotDisturb: false, notices: 0 };
  const sources: SliceSources = {
    accounts: () => [],
    calls: () => [],
    greetings: () => ({ list: [], recording: 'none' }),
    contacts: () => [],
    presence: () => ({ own: null, watched: [] }),
    conversations: () => [],
    callBacks: () => [],
    referrals: () => [],
    texts: () => [],
    history: () => [],
    messages: () => [],
    away: () => ({
      enabled: false,
      isOn: false,
      why: null,
      untilMs: null,
      calendar: null,
      callers: [],
      hasPin: false,
      hasRingThroughPin: false,
      replies: [],
      unheardCount: 0,
      settings: {} as never,
    }),
    retention: () => ({ keepDays: null, keepMiB: null }),
    encryption: () => ({ messages: false, progress: null, lockedCount: 0 }),
    transcripts: () => ({ settings: { modelFolder: null, isAutomatic: true }, problem: null, jobs: [] }),
    delivery: () => ({ settings: { mail: null, webhook: null, folder: null }, pendingCount: 0 }),
    audio: () => ({ backend: 'null', reason: '' }),
    recordings: () => ({ format: 'wav', beep: 'off' }),
    playback: () => null,
    notices: () => Array.from({ length: state.notices }, (_, i) => ({ id: String(i), atMs: 0, text: 'x' })),
    certificateQuestions: () => [],
    testLine: () => null,
    isDoNotDisturb: () => state.isDoNotDisturb,
  };
  const runtime = new FakeRuntime();
  const view = new ViewPublisher(runtime, (event) => events.push(event));
  return { view, sources, state, events, runtime };
}

describe('the view', () => {
  it('pushes changed slices whole, together, with one revision', async () => {
    const { view, sources, state, events } = publisher();
    view.start(sources);
    view.get();
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
    view.get();
    view.touch('calls', 'accounts');
    await Promise.resolve();

    expect(events).toEqual([]);
  });

  it('never answers an older state than it has pushed', () => {
    const { view, sources, state } = publisher();
    view.start(sources);
    view.get();
    state.isDoNotDisturb = true;
    view.touch('isDoNotDisturb');

    expect(view.get()).toMatchObject({ revision: 1, isDoNotDisturb: true });
  });

  it('makes a slice only when somebody asks for it', () => {
    const { view, sources } = publisher();
    view.start({ ...sources, history: () => expect.fail('the history was read') });

    expect(view.getSome(['accounts', 'calls'])).toEqual({ revision: 0, changed: { accounts: [], calls: [] } });
  });

  it('is pushed less often when it takes long to make', async () => {
    const { view, sources, events, runtime } = publisher();
    let made = 0;
    const slow = () => {
      // Virtual time passes while the slice is made.
      runtime.skip(20);
      return ++made % 2 === 0;
    };
    view.start({ ...sources, isDoNotDisturb: slow });
    for (let change = 0; change < 30; change++) {
      view.touch('isDoNotDisturb');
      await runtime.advance(20);
    }

    // 600 ms of changes, of which 20 ms in each 220 go into the view.
    expect(events.length).toBeGreaterThanOrEqual(2);
    expect(events.length).toBeLessThanOrEqual(5);
  });

  it('pushes nothing more once it is stopped, and reads no slice', async () => {
    const { view, sources, events, runtime } = publisher();
    let reads = 0;
    view.start({ ...sources, isDoNotDisturb: () => ++reads % 2 === 0 });
    view.touch('isDoNotDisturb');
    view.stop();
    view.touch('calls');
    await runtime.advance(5000);

    expect(events).toEqual([]);
    expect(reads).toBe(0);
  });

  it('does nothing before the features are there', async () => {
    const { view, events } = publisher();
    view.touch('calls');
    await Promise.resolve();

    expect(events).toEqual([]);
  });
});
