import { beforeEach, describe, expect, it } from 'vitest';
import { History } from '../../../src-main/features/history/index.ts';
import type { CallInfo, CallManager } from '../../../src-main/features/call/index.ts';
import { Database, HistoryRepository } from '../../../src-main/storage/index.ts';

/** What the history asks of the calls. */
class Calls {
  #end: (call: CallInfo) => void = () => {};
  readonly events = { on: (_: 'ended', listener: (call: CallInfo) => void) => (this.#end = listener) };
  get = (): undefined => undefined;

  end(call: Partial<CallInfo>): void {
    this.#end(call as CallInfo);
  }
}

const BOB = { displayName: 'Bob', address: 'sip:bob@example.com' };
const RESCUED = {
  ...{ id: 'm1', accountId: 'alice', fromName: 'Bob', fromAddress: BOB.address },
  ...{ receivedAtMs: 20_000, durationSec: 3.2 },
};
const FROM_MACHINE = {
  ...{ id: 'c1', accountId: 'alice', direction: 'incoming', isAway: true, remote: BOB },
  ...{ startedAtMs: 10_000, connectedAtMs: 18_000, endedAtMs: 24_000 },
} as unknown as CallInfo;

let calls: Calls;
let history: History;
beforeEach(() => {
  calls = new Calls();
  history = new History({
    repository: new HistoryRepository(Database.open(':memory:')),
    calls: calls as unknown as CallManager,
    onChanged: () => {},
  });
});

describe('a call that ended with the phone', () => {
  it('is there when its message was saved', () => {
    history.addRescued(RESCUED);

    expect(history.recent).toMatchObject([
      { direction: 'incoming', outcome: 'message', messageId: 'm1', remoteName: 'Bob', startedAtMs: 20_000 },
    ]);
    expect(history.list({ limit: 10 })).toHaveLength(1);
  });

  it('is there once when only its message was not yet kept', () => {
    calls.end(FROM_MACHINE);
    expect(history.recent).toMatchObject([{ id: 'c1', outcome: 'machine' }]);

    history.addRescued(RESCUED);

    expect(history.list({ limit: 10 })).toMatchObject([{ id: 'c1', outcome: 'message', messageId: 'm1' }]);
    expect(history.recent).toMatchObject([{ id: 'c1', outcome: 'message', messageId: 'm1' }]);
  });

  it('is not taken for an earlier one of the same caller', () => {
    calls.end(FROM_MACHINE);

    history.addRescued({ ...RESCUED, receivedAtMs: 4_000_000 });

    expect(history.list({ limit: 10 }).map(({ outcome }) => outcome)).toEqual(['message', 'machine']);
  });
});
