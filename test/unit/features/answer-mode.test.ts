import { describe, expect, it } from 'vitest';
import {
  answerModeHeaders,
  asksForAutoAnswer,
  mayAutoAnswer,
} from '../../../src-main/features/call/arrival/answer-mode.ts';
import type { AccountSettings } from '../../../src-main/features/registration/index.ts';
import { requestOf } from '../../support/message-builders.ts';

const asks = (name: string, value: string) =>
  asksForAutoAnswer(requestOf({ method: 'INVITE', headers: [[name, value]] }));

describe('a call that asks to be answered by itself — RFC 5373 §4, §4.1, §7', () => {
  it('says so by Answer-Mode, or as desk phones do', () => {
    expect(asks('Answer-Mode', 'Auto;require')).toBe(true);
    expect(asks('Priv-Answer-Mode', 'auto')).toBe(true);
    expect(asks('Answer-Mode', 'Manual')).toBe(false);
    expect(asks('Alert-Info', '<http://example.com>;info=alert-autoanswer')).toBe(true);
    expect(asks('Call-Info', '<sip:example.com>;answer-after=0')).toBe(true);
    expect(asks('Call-Info', '<sip:example.com>;answer-after=05')).toBe(false);
    expect(asks('Subject', 'answer-after=0')).toBe(false);
  });

  const settings = (given: Partial<AccountSettings>) => given as AccountSettings;
  const carol = { displayName: '', address: 'sip:carol@example.com', isAsserted: true };

  it('is answered so only by policy, and never for somebody whom the own server does not name', () => {
    expect(mayAutoAnswer(carol, settings({}))).toBe(false);
    expect(mayAutoAnswer(carol, settings({ answerMode: 'never' }))).toBe(false);
    expect(mayAutoAnswer(carol, settings({ answerMode: 'trusted' }))).toBe(true);
    expect(mayAutoAnswer({ ...carol, isAsserted: false }, settings({ answerMode: 'trusted' }))).toBe(false);
    expect(mayAutoAnswer({ ...carol, isAnonymous: true }, settings({ answerMode: 'trusted' }))).toBe(false);
  });

  it('is answered for those on the list, where there is one', () => {
    const listed = settings({ answerMode: 'trusted', autoAnswerCallers: ['Carol@example.com', 'tel:+1'] });

    expect(mayAutoAnswer(carol, listed)).toBe(true);
    expect(mayAutoAnswer({ ...carol, address: 'sip:mallory@example.com' }, listed)).toBe(false);
  });
});

describe('the answer to a call that asked for a mode — RFC 5373 §4.3', () => {
  const answered = (headers: [string, string][], isByItself: boolean) =>
    answerModeHeaders(requestOf({ method: 'INVITE', headers }), isByItself);

  it('says which one it was, under the name that was asked with', () => {
    expect(answered([['Answer-Mode', 'Auto']], true)).toEqual([['Answer-Mode', 'Auto']]);
    expect(answered([['Answer-Mode', 'Auto']], false)).toEqual([['Answer-Mode', 'Manual']]);
    expect(answered([['Priv-Answer-Mode', 'Auto;require']], true)).toEqual([['Priv-Answer-Mode', 'Auto']]);
  });

  it('says nothing to who did not ask', () => {
    expect(answered([['Alert-Info', '<http://example.com>;info=alert-autoanswer']], true)).toEqual([]);
  });
});
