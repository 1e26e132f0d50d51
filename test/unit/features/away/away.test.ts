import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Logger, silentLogger } from '../../../../src-main/base/logger.ts';
import { TypedEmitter } from '../../../../src-main/base/typed-emitter.ts';
import { Away, type MessageStore } from '../../../../src-main/features/away/index.ts';
import type { CalendarWatch } from '../../../../src-main/features/away/calendar/index.ts';
import type { CallInfo, CallManager } from '../../../../src-main/features/call/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightjar-away-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const call = { id: 'c1', direction: 'incoming', phase: 'ringing', remote: { displayName: '', address: 'sip:b@c' } };

/** Away mode with so many messages there already; how often it answered a call, and what it said to the log. */
async function ringWith(messages: number): Promise<{ answers: number; warnings: string[] }> {
  const runtime = new FakeRuntime();
  const events = new TypedEmitter<Record<string, CallInfo>>(silentLogger);
  let answers = 0;
  const warnings: string[] = [];
  const answer = (): Promise<unknown> => {
    answers++;
    return Promise.resolve({ ok: false, error: { code: 'wrongState', message: '' } });
  };
  new Away({
    runtime,
    logger: new Logger(({ level, message }) => level === 'warn' && warnings.push(message)),
    calls: {
      events,
      list: () => [],
      answer,
      hangUp: () => {},
      mediaSessionOf: () => undefined,
    } as unknown as CallManager,
    media: { events: new TypedEmitter(silentLogger) } as never,
    messages: { list: () => Array.from({ length: messages }) } as unknown as MessageStore,
    settings: {
      ...{
        enabled: true,
        answerAfterSec: 5,
        greetingFile: null,
        greetingRules: [],
        saysBack: false,
        beep: false,
        notice: false,
        earlyGreeting: false,
        maxMessageSec: 60,
      },
      ...{
        enabledUntilMs: null,
        pausedUntilMs: null,
        schedule: [],
        calendar: null,
        onLock: false,
        onIdleMin: null,
      },
      ...{ onDoNotDisturb: false, whenBusy: 'never' },
      ...{ callerMenu: false, menuWaitSec: 4, saysRingThrough: false },
      ...{ ringThroughCallers: [], screening: 'off', ringThroughContacts: false, ringThroughSec: 20 },
      ...{ endOnSilenceSec: 5, minMessageSec: 1, maxCallers: 50, afterPickUp: 'stop' },
    },
    calendar: { spans: [] } as unknown as CalendarWatch,
    defaultGreetingFile: join(folder, 'none.wav'),
    phrasesFolder: folder,
    spokenFolder: folder,
    onChanged: () => {},
    isSealing: () => false,
    isDoNotDisturb: () => false,
    maxCalls: 8,
    save: () => {},
    onKept: () => {},
    pin: () => '',
    ringThroughPin: () => '',
    isContact: () => false,
    greetings: { newGreetingFile: () => '', keepGreeting: () => {} },
    tell: () => {},
  });
  events.emit('ringing', call as unknown as CallInfo);
  await runtime.advance(10_000);
  return { answers, warnings };
}

describe('away mode', () => {
  it('takes no message when there is no room: 1000 wait already', async () => {
    expect(await ringWith(999)).toEqual({ answers: 1, warnings: [] });
    expect(await ringWith(1000)).toEqual({
      answers: 0,
      warnings: ['no message is taken, for there are too many already'],
    });
  });
});
