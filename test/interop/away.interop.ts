// Which messages the answering machine keeps: too short, ended by silence, deleted and brought back.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { awayPhone, callerOf, firstMessage, speechAfter, talk, UNTIL_MESSAGE_SEC } from '../support/away-phone.ts';
import { pause } from '../support/lab.ts';
import { requireProgram } from '../support/requirements.ts';

describe('the answering machine (RFC 3261 §13.3.1.4)', () => {
  it('drops a message that is shorter than the least', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const phone = await awayPhone({ minMessageSec: 3 });
    const caller = await talk(phone, UNTIL_MESSAGE_SEC + 1);
    caller.write('hangup');
    await phone.until('end of the call', () => [...phone.calls.values()].find(({ state }) => state === 'ended'));
    // The recording is closed and judged right after the call.
    await pause(500);
    expect(await phone.command('message.list')).toEqual([]);
    expect(readdirSync(join(phone.data, 'messages'))).toEqual([]);
    await caller.quit();
    await phone.terminate();
  });

  it('hangs up when the caller has said nothing for a while', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const phone = await awayPhone({ endOnSilenceSec: 2, minMessageSec: 1 });
    const caller = callerOf(phone, { mic: await speechAfter(UNTIL_MESSAGE_SEC, 3, 20) });
    const { at } = await caller.event('CALL_ESTABLISHED');
    const closed = await caller.event('CALL_CLOSED', 15_000);
    const spokenMs = (UNTIL_MESSAGE_SEC + 3) * 1000;
    expect(closed.at - at).toBeGreaterThan(spokenMs + 1000);
    expect(closed.at - at).toBeLessThan(spokenMs + 4500);
    expect((await firstMessage(phone)).durationSec).toBeGreaterThan(3);
    await caller.quit();
    await phone.terminate();
  });

  it('deletes a message and brings it back', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const phone = await awayPhone({ minMessageSec: 1 });
    const caller = await talk(phone, UNTIL_MESSAGE_SEC + 2.5);
    caller.write('hangup');
    const { id: messageId, file } = await firstMessage(phone);
    await phone.command('message.delete', { messageId });
    expect(await phone.command('message.list')).toEqual([]);
    await phone.command('message.restore', { messageId });
    expect(await phone.command('message.list')).toMatchObject([{ id: messageId, file }]);
    expect(existsSync(file)).toBe(true);
    await phone.command('message.markHeard', { messageId });
    expect(await phone.command('message.list')).toMatchObject([{ isHeard: true }]);
    await caller.quit();
    await phone.terminate();
  });
});
