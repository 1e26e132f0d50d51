// What views derive from the phone's view.
import { describe, expect, it } from 'vitest';
import {
  callerNotes,
  callInView,
  callStateText,
  failedCall,
  historyNote,
  leadingAccount,
  liveCalls,
  registrationText,
  ringingCalls,
} from '../../src-renderer/state/selectors.ts';
import type { CallEnd, CallView } from '../../src-shared/contract/index.ts';
import { buildAccount, buildCall, buildHistoryEntry, emptyView } from '../support/fake-phone-client.ts';

const viewOf = (...calls: CallView[]) => ({ ...emptyView(), calls });
const ended = (end: CallEnd, given: Partial<CallView> = {}) =>
  buildCall({ state: 'ended', end, connectedAtMs: undefined, ...given });

describe('the call that the window is about', () => {
  const ringing = buildCall({ id: 'ringing', direction: 'incoming', state: 'ringing' });
  const held = buildCall({ id: 'held', isOnHold: true });
  const active = buildCall({ id: 'active' });

  it('is the chosen one, else the one that is not on hold, else any that lives, else one that ended', () => {
    expect(callInView(viewOf(held, active), 'held')?.id).toBe('held');
    expect(callInView(viewOf(active, held), undefined)?.id).toBe('active');
    expect(callInView(viewOf(held), 'gone')?.id).toBe('held');
    expect(callInView(viewOf(ended({ by: 'local', reason: '' }, { id: 'over' })), undefined)?.id).toBe('over');
    expect(callInView(viewOf(), undefined)).toBeUndefined();
  });

  it('is never one that still rings here: that has its own dialog', () => {
    expect(callInView(viewOf(ringing), 'ringing')).toBeUndefined();
    expect(ringingCalls(viewOf(ringing, active)).map(({ id }) => id)).toEqual(['ringing']);
  });

  it('leaves a ringing call to the answering machine once that has it', () => {
    expect(ringingCalls(viewOf({ ...ringing, isAway: true }))).toEqual([]);
  });

  it('lists the newest live call first', () => {
    expect(liveCalls(viewOf(held, active)).map(({ id }) => id)).toEqual(['active', 'held']);
  });
});

describe('a call that failed', () => {
  it('is one that we placed and that never came about, or one that broke', () => {
    expect(failedCall(viewOf(ended({ by: 'remote', statusCode: 486, reason: 'Busy Here' })))?.end?.statusCode).toBe(
      486,
    );
    expect(failedCall(viewOf(ended({ by: 'failure', reason: 'x' }, { connectedAtMs: 5 })))?.end?.reason).toBe('x');
  });

  it('is not one that somebody ended on purpose', () => {
    expect(failedCall(viewOf(ended({ by: 'local', reason: 'cancelled' })))).toBeUndefined();
    expect(failedCall(viewOf(ended({ by: 'remote', reason: 'hung up' }, { connectedAtMs: 5 })))).toBeUndefined();
    expect(failedCall(viewOf(buildCall()))).toBeUndefined();
  });
});

describe('the state of a call in words', () => {
  it.each<[Partial<CallView>, string]>([
    [{ state: 'dialing' }, 'Calling …'],
    [{ state: 'ringing' }, 'Ringing …'],
    [{ state: 'ringing', direction: 'incoming' }, 'Incoming call'],
    [{ state: 'early' }, 'Connecting …'],
    [{ state: 'connected' }, 'Connected'],
    [{ isOnHold: true }, 'On hold'],
    [{ isRemoteHolding: true }, 'The other side put you on hold'],
  ])('says for %j "%s"', (given, text) => {
    expect(callStateText(buildCall(given))).toBe(text);
  });

  it.each<[CallEnd, string]>([
    [{ by: 'local', reason: 'hung up' }, 'Call ended'],
    [{ by: 'remote', reason: 'hung up' }, 'The other side hung up'],
    [{ by: 'remote', statusCode: 487, reason: 'answered elsewhere' }, 'Answered on another phone'],
    [{ by: 'remote', statusCode: 403, reason: '' }, 'The call was not allowed'],
    [{ by: 'remote', statusCode: 404, reason: '' }, 'There is nobody at this address'],
    [{ by: 'failure', statusCode: 408, reason: '' }, 'No answer from the other side'],
    [{ by: 'remote', statusCode: 480, reason: '' }, 'Not available right now'],
    [{ by: 'remote', statusCode: 486, reason: '' }, 'Busy'],
    [{ by: 'remote', statusCode: 487, reason: '' }, 'Cancelled'],
    [{ by: 'failure', statusCode: 488, reason: '' }, 'No common way to send sound'],
    [{ by: 'failure', statusCode: 503, reason: '' }, 'The service is not available'],
    [{ by: 'remote', statusCode: 600, reason: '' }, 'Busy'],
    [{ by: 'remote', statusCode: 603, reason: '' }, 'Declined'],
    [{ by: 'remote', statusCode: 420, reason: 'Bad Extension' }, 'Bad Extension (420)'],
    [{ by: 'failure', reason: 'no sound device' }, 'no sound device'],
  ])('says for the ending %j "%s"', (end, text) => {
    expect(callStateText(ended(end))).toBe(text);
  });

  it('says that a call ended when nobody says why', () => {
    expect(callStateText(buildCall({ state: 'ended' }))).toBe('Call ended');
  });
});

describe('the account that speaks for the phone', () => {
  it('is the first, unless another has failed', () => {
    const failed = buildAccount({ id: 'b', registration: 'failed' });
    expect(leadingAccount({ ...emptyView(), accounts: [buildAccount(), failed] })?.id).toBe('b');
    expect(leadingAccount(emptyView())?.id).toBe('alice');
    expect(leadingAccount({ ...emptyView(), accounts: [] })).toBeUndefined();
  });

  it('says what a person can do about a failure', () => {
    const failed = (statusCode: number | undefined, reason: string | undefined) =>
      registrationText(
        buildAccount({
          registration: 'failed',
          ...(statusCode !== undefined && { statusCode }),
          ...(reason !== undefined && { reason }),
        }),
      );

    expect(failed(403, 'Forbidden')).toBe('Not connected: wrong name or password?');
    expect(failed(500, 'Server Error')).toBe('Not connected: Server Error');
    expect(failed(undefined, undefined)).toBe('Not connected');
    expect(registrationText(buildAccount())).toBe('Ready');
    expect(registrationText(buildAccount({ registration: 'registering' }))).toBe('Connecting …');
    expect(registrationText(buildAccount({ isTestLine: true }))).toBe('Test line: no account yet');
  });
});

describe('what is known of a caller', () => {
  const notes = (given: Partial<CallView>) => callerNotes(buildCall(given)).map(({ text }) => text);
  const bob = { displayName: 'Bob', address: 'sip:bob@example.com' };

  it('warns of a number that may be forged, and says when it is confirmed — RFC 8224', () => {
    const [failed] = callerNotes(buildCall({ remote: { ...bob, isAsserted: true, verification: 'failed' } }));

    expect(failed).toMatchObject({ isWarning: true });
    expect(failed?.text).toContain('may be forged');
    expect(notes({ remote: { ...bob, isAsserted: true, verification: 'passed' } })).toEqual([
      'Number confirmed by your provider',
    ]);
  });

  it('says who named the caller, and nothing of one who only claims to be somebody', () => {
    expect(notes({ direction: 'incoming', remote: { ...bob, isAsserted: true } })).toEqual([
      'Caller named by your provider',
    ]);
    expect(notes({ direction: 'incoming', remote: { ...bob, isAsserted: false } })).toEqual([]);
    expect(notes({ remote: { ...bob, isAsserted: true, isAnonymous: true } })).toEqual(['The caller hides the number']);
  });

  it('says for whom a call was meant, and why it came here', () => {
    expect(notes({ forwardedFrom: { ...bob, reason: 'busy' } })).toEqual(['Forwarded from Bob, who is busy']);
    expect(notes({ forwardedFrom: bob })).toEqual(['Forwarded from Bob']);
  });

  it('is told of a call that is over, too', () => {
    const entry = buildHistoryEntry();

    expect(
      historyNote({ ...entry, connectedTo: { displayName: 'Carol', address: 'sip:c@d' }, forwardedFrom: bob }),
    ).toBe('forwarded from Bob, then Carol');
    expect(historyNote(entry)).toBe('');
  });
});
