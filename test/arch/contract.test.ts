import { describe, expect, it } from 'vitest';
import { checkParams, checkWith, commandNames, configFileSchema, eventNames } from '../../src-shared/contract/index.ts';

/** Scripts drive the phone by these names: add, never rename. */
const PROMISED = `phone.getView account.save account.remove account.register account.unregister
call.dial call.answer call.hangUp call.hold call.resume call.reject call.redirect call.setMuted call.sendDtmf call.transfer
call.transferAttended call.merge call.split call.startRecording call.stopRecording call.play away.set
message.list message.markHeard message.delete message.restore history.list
contact.list contact.save contact.delete contact.import contact.export presence.subscribe presence.setOwn text.send
settings.get settings.set device.list device.select diagnostics.getTrace diagnostics.export`.split(/\s+/);

describe('the contract', () => {
  it('has every command that scripts rely on', () => {
    expect(commandNames).toEqual(expect.arrayContaining(PROMISED));
  });

  it('names commands noun.verb and events noun.pastParticiple', () => {
    for (const name of commandNames) expect(name).toMatch(/^[a-z]+\.[a-zA-Z]+$/);
    expect(eventNames).toEqual(expect.arrayContaining(['phone.changed', 'call.qualitySampled', 'media.levelsSampled']));
    for (const name of eventNames) expect(name).toMatch(/^[a-z]+\.[a-zA-Z]*(ed|en)$/);
  });

  it('says which parameter is wrong', () => {
    expect(checkParams('call.dial', { targt: 'x' })).toEqual({
      ok: false,
      message: expect.stringContaining('target') as string,
    });
    expect(checkParams('call.sendDtmf', { callId: 'c', digits: '12x' })).toMatchObject({ ok: false });
    expect(checkParams('phone.getView', undefined)).toEqual({ ok: true, value: {} });
  });

  it('takes nothing for no parameters where none has to be given', () => {
    const refusesNothing = commandNames.filter((name) => checkParams(name, {}).ok && !checkParams(name, undefined).ok);
    // To change nothing is a mistake.
    expect(refusesNothing.filter((name) => !name.includes('.set'))).toEqual([]);
  });

  it('names an unknown key of the config file', () => {
    expect(checkWith(configFileSchema, { accounts: [{ address: 'sip:a@b', pasword: 'x' }] })).toEqual({
      ok: false,
      message: 'unknown key "accounts.0.pasword"',
    });
  });

  it('fills in the defaults of the config file', () => {
    const checked = checkWith(configFileSchema, { accounts: [{ address: 'sip:a@b' }] });

    expect(checked).toMatchObject({
      ok: true,
      value: {
        accounts: [
          { register: true, registerExpiresSec: 300, transport: 'udp', codecs: ['opus', 'G722', 'PCMA', 'PCMU'] },
        ],
        calls: { maxCalls: 8 },
        away: {
          enabled: false,
          answerAfterSec: 15,
          beep: true,
          maxMessageSec: 180,
          endOnSilenceSec: 10,
          minMessageSec: 2,
        },
        media: { portRange: [40_000, 40_999] },
      },
    });
  });
});
