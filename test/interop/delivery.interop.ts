// Messages that are sent on: by a real mail server with the sound attached, to a real web server, into a folder.
import type { AddressInfo } from 'node:net';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { awayPhone, firstMessage, talk, UNTIL_MESSAGE_SEC } from '../support/away-phone.ts';
import { temporaryFolder, type Daemon } from '../support/daemon.ts';
import { requireProgram } from '../support/requirements.ts';
import { openWebHook } from '../support/web-hook.ts';

const closings: (() => void)[] = [];
afterEach(() => {
  for (const close of closings.splice(0)) close();
});
/** A mail server, and what it was given. */
async function openMailServer(options: SMTPServerOptions) {
  const mails: ParsedMail[] = [];
  const server = new SMTPServer({
    ...{ disabledCommands: ['STARTTLS'], disableReverseLookup: true, ...options },
    onData: (stream, _session, callback) => {
      void simpleParser(stream).then((mail) => {
        mails.push(mail);
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closings.push(() => {
    server.close();
  });
  return { port: (server.server.address() as AddressInfo).port, mails };
}

async function leaveMessage(phone: Daemon) {
  const caller = await talk(phone, UNTIL_MESSAGE_SEC + 3);
  caller.write('hangup');
  const message = await firstMessage(phone);
  await caller.quit();
  return message;
}

const mailTo = (port: number, given: object = {}) => ({
  ...{ host: '127.0.0.1', port, security: 'none' as const, from: 'phone@example.com', to: 'alice@example.com' },
  ...given,
});

describe('a message that was left', () => {
  it('is mailed with its sound, by name and password', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const mail = await openMailServer({
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, callback) => {
        const isRight = username === 'alice' && password === 'secret';
        callback(isRight ? null : new Error('wrong password'), isRight ? { user: 'alice' } : undefined);
      },
    });
    const phone = await awayPhone({ minMessageSec: 1 });
    await phone.command('delivery.set', { mail: mailTo(mail.port, { username: 'alice' }), mailPassword: 'wrong' });
    await expect(phone.command('delivery.test', { way: 'mail' })).rejects.toThrow(/wrong password/);
    await phone.command('delivery.set', { mailPassword: 'secret' });
    const message = await leaveMessage(phone);
    await phone.until('delivery', () => (mail.mails.length === 1 ? true : undefined), 10_000).catch(() => {});
    expect(mail.mails).toHaveLength(1);
    const [sent] = mail.mails;
    expect(sent?.subject).toMatch(/^Voice message from /);
    expect(sent?.text).toContain('left a message of');
    const [sound] = sent?.attachments ?? [];
    expect(sound?.contentType).toBe('audio/wav');
    expect(sound?.content.equals(readFileSync(message.file))).toBe(true);
    await phone.terminate();
  });

  it('goes to a web server and into a folder', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const web = await openWebHook(() => 204);
    closings.push(web.close);
    const folder = temporaryFolder('delivered');
    const phone = await awayPhone({ minMessageSec: 1 });
    await phone.command('delivery.set', { webhook: { url: web.url }, folder });
    const message = await leaveMessage(phone);
    await phone.until('delivery', () => (phone.view?.delivery.pendingCount === 0 ? true : undefined), 10_000);
    const [form] = web.forms;
    const { id, receivedAtMs, durationSec } = message;
    expect(JSON.parse(form?.get('message') as string)).toMatchObject({ id, receivedAtMs, durationSec });
    const sound = form?.get('sound') as File;
    expect(Buffer.from(await sound.arrayBuffer()).equals(readFileSync(message.file))).toBe(true);
    const [soundFile = ''] = readdirSync(folder).filter((name) => name.endsWith('.wav'));
    expect(readFileSync(join(folder, soundFile)).equals(readFileSync(message.file))).toBe(true);
    await phone.terminate();
  });

  it('waits, over a restart too, while the web server refuses it', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    let status = 503;
    const web = await openWebHook(() => status);
    closings.push(web.close);
    const data = temporaryFolder('data');
    const phone = await awayPhone({ minMessageSec: 1 }, data, {
      delivery: { settings: { webhook: { url: web.url } } },
    });
    await leaveMessage(phone);
    await phone.until('notice', () => phone.view?.notices.find(({ text }) => text.includes('answered 503')), 10_000);
    expect((await phone.viewNow()).delivery.pendingCount).toBe(1);
    await phone.terminate();
    status = 200;
    const restarted = await awayPhone({}, data, { delivery: { settings: { webhook: { url: web.url } } } });
    await restarted.until('delivery', () => (web.forms.length === 2 ? true : undefined), 10_000).catch(() => {});
    expect(web.forms).toHaveLength(2);
    await restarted.terminate();
  });
});
