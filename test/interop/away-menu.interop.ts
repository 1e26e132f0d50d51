// The caller's menu with a real caller: baresip hears it, presses keys as events (RFC 4733 §2.5), and speaks; its scores are printed.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { awayPhone, callerOf, firstMessage, speechAfter } from '../support/away-phone.ts';
import { ROOT, temporaryFolder } from '../support/daemon.ts';
import { pause, printScore, scoreSpeech, SPEECH } from '../support/lab.ts';
import { runProgram } from '../support/line-process.ts';
import { requireProgram } from '../support/requirements.ts';

/** Greeting of 0.3 s, then the menu. */
const UNTIL_MENU_MS = 500;
const MENU_SEC = 4.6;
const phrase = (name: string): string => join(ROOT, 'assets', 'audio', 'phrases', `${name}.wav`);

describe("the caller's menu with baresip", () => {
  it('is heard whole, and 2 asks to be called back', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const phone = await awayPhone({ callerMenu: true, menuWaitSec: 20 });
    const heard = join(temporaryFolder('caller'), 'heard.wav');
    const caller = callerOf(phone, { rec: heard, mic: 'silence' });
    await caller.event('CALL_ESTABLISHED');
    await pause(UNTIL_MENU_MS + MENU_SEC * 1000 + 500);
    caller.write('dtmf 2');
    await caller.event('CALL_CLOSED', 15_000);
    expect(await firstMessage(phone)).toMatchObject({ wantsCallBack: true, durationSec: 0, isHeard: false });
    await caller.quit();
    await phone.terminate();

    const menu = await scoreSpeech(phrase('callerMenu'), heard, '--skip', '0', '--max', String(MENU_SEC));
    printScore('menu as baresip heard it', menu);
    expect(menu, JSON.stringify(menu)).toMatchObject({ aligned: true });
    expect(menu.lsd_db, JSON.stringify(menu)).toBeLessThan(3);
    expect(menu.cov_pct, JSON.stringify(menu)).toBeGreaterThan(85);
    // From before the key was pressed: what is scored must not begin with the menu.
    const after = join(temporaryFolder('caller'), 'after.wav');
    await runProgram('sox', ['-D', heard, after, 'trim', '5.2', '3.6']);
    const thanks = await scoreSpeech(phrase('callBackNoted'), after, '--skip', '0');
    printScore('thanks as baresip heard it', thanks);
    expect(thanks, JSON.stringify(thanks)).toMatchObject({ aligned: true });
    expect(thanks.lsd_db, JSON.stringify(thanks)).toBeLessThan(3);
    expect(thanks.cov_pct, JSON.stringify(thanks)).toBeGreaterThan(75);
  });

  it('takes what is said after 1', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const phone = await awayPhone({ callerMenu: true, menuWaitSec: 20 });
    const caller = callerOf(phone, { mic: await speechAfter(3, 6.49, 5) });
    await caller.event('CALL_ESTABLISHED');
    await pause(UNTIL_MENU_MS + 500);
    caller.write('dtmf 1');
    await pause(9500);
    caller.write('hangup');
    const message = await firstMessage(phone);
    expect(message.wantsCallBack).toBe(false);
    await caller.quit();
    const spoken = await scoreSpeech(SPEECH, message.file);
    printScore('message as it was kept', spoken);
    expect(spoken, JSON.stringify(spoken)).toMatchObject({ aligned: true });
    expect(spoken.lsd_db, JSON.stringify(spoken)).toBeLessThan(3);
    expect(spoken.dropout_pct, JSON.stringify(spoken)).toBeLessThan(1);
    await phone.terminate();
  });
});
