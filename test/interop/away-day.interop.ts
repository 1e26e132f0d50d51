// A day of a phone on a server, in a minute: nobody at the window, a supervisor that starts it again, callers at all hours; the clock skips the rest.
import { expect, it, vi } from 'vitest';
import type { HistoryEntry, VoiceMessage } from '../../src-shared/contract/index.ts';
import { shortGreeting, UNTIL_MESSAGE_SEC } from '../support/away-phone.ts';
import { freePort } from '../support/free-port.ts';
import { pause, Peer, SPEECH } from '../support/lab.ts';
import { requireProgram, requireThat, type SkippingContext } from '../support/requirements.ts';
import { findClockLibrary, SupervisedPhone } from '../support/supervised-phone.ts';
import { openWebHook, type WebHook } from '../support/web-hook.ts';

const WORKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
const TIME_ZONE = 'Europe/Berlin';
const MONDAY = '2026-11-30';
const TUESDAY = '2026-12-01';
const at = (time: string, day = MONDAY): Date => new Date(`${day}T${time}+01:00`);
const LONG_ENOUGH_SEC = UNTIL_MESSAGE_SEC + 2;

async function openServer(context: SkippingContext, web: WebHook) {
  const clockLibrary = findClockLibrary();
  requireThat(context, clockLibrary !== undefined, 'not installed here: libfaketime');
  const port = await freePort();
  const config = {
    accounts: [{ id: 'alice', address: 'sip:alice@127.0.0.1', register: false }],
    sip: { listen: [{ transport: 'udp', address: '127.0.0.1', port }] },
    media: { address: '127.0.0.1' },
    away: {
      ...{ answerAfterSec: 0, minMessageSec: 1, greetingFile: await shortGreeting() },
      schedule: [
        { days: ['sunday', ...WORKDAYS], from: '17:00', to: '08:00' },
        { days: WORKDAYS, from: '12:00', to: '13:00' },
      ],
    },
    delivery: { settings: { webhook: { url: web.url } } },
  };
  return { port, options: { config, clockLibrary: clockLibrary ?? '', timeZone: TIME_ZONE } };
}

class Callers {
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** Somebody who talks from the answer on, until he is told to stop. */
  async talk(user: string, seconds = LONG_ENOUGH_SEC): Promise<Peer> {
    const caller = this.#ring(user);
    await caller.event('CALL_ESTABLISHED');
    await pause(seconds * 1000);
    return caller;
  }

  async leaveMessage(user: string, seconds?: number): Promise<void> {
    await this.#hangUp(await this.talk(user, seconds));
  }

  /** Nobody answers. */
  async giveUp(user: string): Promise<void> {
    const caller = this.#ring(user);
    await caller.event('CALL_RINGING');
    await pause(500);
    expect(caller.events.some(({ ev }) => ev === 'CALL_ESTABLISHED')).toBe(false);
    await this.#hangUp(caller);
  }

  #ring(user: string): Peer {
    const speaks = { mic: SPEECH, loop: '20', codecs: 'opus' };
    return new Peer('baresip', { user, noreg: true, ...speaks, dial: `sip:alice@127.0.0.1:${this.#port}` });
  }

  async #hangUp(caller: Peer): Promise<void> {
    caller.write('hangup');
    await caller.quit();
  }
}

const timeText = (ms: number): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: TIME_ZONE, weekday: 'short', hour: '2-digit', minute: '2-digit' })
    .format(ms)
    .replace(', ', ' ');

const nameOf = (address: string): string => /^sip:(\w+)@/.exec(address)?.[1] ?? address;
const told = ({ from, receivedAtMs }: VoiceMessage): string => `${timeText(receivedAtMs)} ${nameOf(from.address)}`;
const toldCall = ({ remote, startedAtMs }: HistoryEntry): string =>
  `${timeText(startedAtMs)} ${nameOf(remote.address)}`;

async function monday(phone: SupervisedPhone, callers: Callers): Promise<void> {
  await phone.starts(1);
  await callers.leaveMessage('bob');

  phone.setClock(at('09:30'));
  await callers.giveUp('carol');

  phone.setClock(at('10:15'));
  await phone.command('away.switchOn', { until: 'hour' });
  await callers.leaveMessage('carol');
  phone.setClock(at('11:20'));
  await callers.giveUp('dave');

  phone.setClock(at('12:20'));
  const cutOff = await Promise.all([callers.talk('bob'), callers.talk('dave')]);
  phone.signalPhone('SIGKILL');
  await phone.starts(2);
  await callers.leaveMessage('carol');
  await Promise.all(cutOff.map((caller) => caller.quit()));

  phone.setClock(at('17:30'));
  await Promise.all(['bob', 'carol', 'dave'].map((user) => callers.leaveMessage(user)));

  // He speaks over midnight.
  phone.setClock(at('23:59:50'));
  await callers.leaveMessage('bob', 11);

  // The server is switched off while somebody speaks.
  const last = await callers.talk('carol');
  expect(await phone.end()).toMatchObject({ code: 0 });
  await last.quit();
}

async function tuesday(phone: SupervisedPhone, callers: Callers): Promise<void> {
  await phone.starts(1);
  await callers.leaveMessage('dave');
  phone.setClock(at('08:10', TUESDAY));
  await callers.giveUp('bob');
}

const MESSAGES = [
  'Mon 07:40 bob',
  'Mon 10:15 carol',
  'Mon 12:20 bob',
  'Mon 12:20 carol',
  'Mon 12:20 dave',
  'Mon 17:30 bob',
  'Mon 17:30 carol',
  'Mon 17:30 dave',
  'Mon 23:59 bob',
  'Tue 00:00 carol',
  'Tue 06:00 dave',
];

const MISSED = ['Mon 09:30 carol', 'Mon 11:20 dave', 'Tue 08:10 bob'];

it('takes messages from one morning to the next, killed and switched off between, and sends each on once', async (context) => {
  requireProgram(context, 'baresip', 'sox', 'bash');
  const web = await openWebHook();
  const { port, options } = await openServer(context, web);
  const callers = new Callers(port);
  const first = new SupervisedPhone({ ...options, startAt: at('07:40') });
  await monday(first, callers);
  const phone = new SupervisedPhone({ ...options, data: first.data, startAt: at('06:00', TUESDAY) });
  await tuesday(phone, callers);

  await vi.waitFor(() => expect(web.forms.length).toBeGreaterThanOrEqual(MESSAGES.length), 10_000);
  const messages = await phone.command('message.list');
  const calls = await phone.command('history.list');
  const callsThat = (became: string) =>
    calls
      .filter(({ outcome }) => outcome === became)
      .map(toldCall)
      .sort();
  expect(messages.map(told).sort()).toEqual(MESSAGES);
  expect(callsThat('missed')).toEqual(MISSED);
  expect(callsThat('message')).toEqual(MESSAGES);
  expect(calls).toHaveLength(MISSED.length + MESSAGES.length);
  for (const { durationSec } of messages) expect(durationSec).toBeGreaterThan(1.5);
  const sentOn = web.forms.map((form) => (JSON.parse(form.get('message') as string) as VoiceMessage).id);
  expect(sentOn.sort()).toEqual(messages.map(({ id }) => id).sort());
  expect(await phone.end()).toMatchObject({ code: 0 });
  web.close();
}, 120_000);
