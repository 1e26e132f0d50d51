// Calendars from a real web server and from files, read by the built phone in its thread.
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readInWorker } from '../../src-main/features/away/calendar/index.ts';
import { awayPhone } from '../support/away-phone.ts';
import { calendarEntry, calendarText, utcStamp } from '../support/calendar-text.ts';
import { ROOT, startDaemon, temporaryFolder, type Daemon } from '../support/daemon.ts';

const HOUR_MS = 3_600_000;
const WORKER = join(ROOT, 'dist', 'main', 'calendar-worker.js');
const servers: Server[] = [];

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/basic.ics`;
}

const busyNow = (): string =>
  calendarText(
    calendarEntry(
      `DTSTART:${utcStamp(Date.now() - HOUR_MS)}`,
      `DTEND:${utcStamp(Date.now() + HOUR_MS)}`,
      'RRULE:FREQ=DAILY',
      'SUMMARY:At the sea',
    ),
  );

const statusOf = (phone: Daemon) =>
  phone.until('the calendar', () => {
    const status = phone.view?.away.calendar;
    return status && (status.readAtMs !== null || status.failure !== null) ? status : undefined;
  });

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

describe('the calendar as a way in', () => {
  it('is read from the web and switches the answering machine on', async () => {
    const source = await serve((_, response) => response.end(busyNow()));
    const phone = await awayPhone({ enabled: false, calendar: { source, word: 'sea' } });

    expect(await statusOf(phone)).toMatchObject({ failure: null });
    expect(phone.view?.away).toMatchObject({ isOn: true, why: 'calendar' });
  });

  it('is read anew for another word, and known after a start although the calendar is gone', async () => {
    const data = temporaryFolder('data');
    const source = join(temporaryFolder('calendar'), 'busy.ics');
    writeFileSync(source, busyNow());
    const first = await startDaemon({ data, config: null });
    await first.command('away.set', { calendar: { source, word: 'mountains' } });
    expect(await statusOf(first)).toMatchObject({ entryCount: 0, failure: null });
    await first.command('away.set', { calendar: { source, word: 'sea' } });
    await first.until('away', () => first.view?.away.why ?? undefined);
    await first.end();
    rmSync(source);

    const second = await startDaemon({ data, config: null });

    await second.until('the failure', () => second.view?.away.calendar?.failure ?? undefined);
    expect(second.view?.away).toMatchObject({ isOn: true, why: 'calendar' });
  });

  it.each([
    [
      'a server that refuses',
      (_, response) => response.writeHead(403).end(),
      'The server of the calendar answered 403.',
    ],
    ['a page', (_, response) => response.end('<html></html>'), 'This is not a calendar (an .ics file).'],
    [
      'one without end',
      (_, response) => {
        const more = (): void =>
          void response.write('x'.repeat(65_536), (error) => {
            if (!error) more();
          });
        more();
      },
      'This calendar has more than 10 MB.',
    ],
    ['a server that hangs up', (request) => request.socket.destroy(), 'The calendar cannot be reached.'],
  ] as [string, RequestListener, string][])('says why it cannot be read: %s', async (_, answer, failure) => {
    const phone = await awayPhone({ enabled: false, calendar: { source: await serve(answer), word: '' } });

    expect(await statusOf(phone)).toEqual({ readAtMs: null, entryCount: 0, failure });
    expect(phone.view?.away.isOn).toBe(false);
  });

  it('is ended when it takes too long to read', async () => {
    const entry = (i: number): string =>
      calendarEntry('DTSTART:19700101T000000Z', 'DURATION:PT1H', `RRULE:FREQ=DAILY;BYHOUR=${i % 24}`);
    const text = calendarText(...Array.from({ length: 20_000 }, (_, i) => entry(i)));
    const startedMs = performance.now();

    const result = await readInWorker(WORKER, 500)({ text, word: '', fromMs: Date.now(), untilMs: Date.now() + 1000 });

    expect(result).toEqual({ ok: false, error: 'This calendar takes too long to read.' });
    expect(performance.now() - startedMs).toBeLessThan(3000);
  });
});
