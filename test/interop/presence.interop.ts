// Presence, line lamps, texts and the mailbox at Kamailio: it keeps what we publish, and we read what it says.
import { createSocket } from 'node:dgram';
import { beforeAll, describe, expect, it } from 'vitest';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { DOMAIN, startServer, type LabServer } from '../support/lab.ts';
import { hasProgram, requireProgram, type SkippingContext } from '../support/requirements.ts';

const LOOPBACK = {
  sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] },
  media: { address: '127.0.0.1' },
};
const PROGRAMS = ['kamailio', 'kamcmd', 'openssl'] as const;

let server: LabServer;
const needServer = (context: SkippingContext) => requireProgram(context, ...PROGRAMS);
const phoneOf = async (account: object, more: object = {}): Promise<Daemon> => {
  const phone = await startDaemon({ config: { accounts: [account], ...LOOPBACK, ...more } });
  await phone.registration('registered');
  return phone;
};
const watched = (phone: Daemon, user: string) =>
  phone.view?.presence.watched.find(({ address }) => address.includes(user));

beforeAll(async () => {
  if (PROGRAMS.every(hasProgram)) server = await startServer('--blf');
});
/** A body that a server's mailbox would publish; nobody of the lab's users, so nobody's password is asked. */
async function publishMailbox(user: string, body: string): Promise<string> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  const lines = [
    `PUBLISH sip:${user}@${DOMAIN} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bKmailbox${port}`,
    'Max-Forwards: 70',
    `From: <sip:mailbox@voice.test>;tag=m${port}`,
    `To: <sip:${user}@${DOMAIN}>`,
    `Call-ID: mailbox-${port}`,
    'CSeq: 1 PUBLISH',
    'Event: message-summary',
    'Expires: 60',
    'Content-Type: application/simple-message-summary',
    `Content-Length: ${body.length}`,
    '',
    body,
  ];
  const answered = new Promise<string>((resolve) => socket.once('message', (data) => resolve(data.toString())));
  socket.send(lines.join('\r\n'), server.port, '127.0.0.1');
  const answer = await answered;
  socket.close();
  return answer;
}

describe('presence at Kamailio (RFC 3903 §4, RFC 3856 §6, RFC 3863 §4)', () => {
  it('publishes, changes and takes back what a watcher then sees', async (context) => {
    needServer(context);
    const [alice, bob] = await Promise.all([phoneOf(server.account('alice')), phoneOf(server.account('bob'))]);
    await alice.command('presence.setOwn', { activity: 'busy', note: 'In a meeting' });
    await bob.command('presence.subscribe', { target: `sip:alice@${DOMAIN}` });
    await bob.until('busy alice', () => (watched(bob, 'alice')?.activity === 'busy' ? true : undefined));
    expect(watched(bob, 'alice')?.note).toBe('In a meeting');

    await alice.command('presence.setOwn', { activity: 'away' });
    await bob.until('alice away', () => (watched(bob, 'alice')?.activity === 'away' ? true : undefined));
    // RFC 3903 §4.1: the second publication names the entity tag of the first
    const publications = await alice.traced('PUBLISH', 'outgoing');
    expect(publications.at(-1)).toMatch(/^SIP-If-Match: *\S+/m);

    await alice.command('presence.setOwn', { activity: null });
    await bob.until('alice gone', () => (watched(bob, 'alice')?.activity === 'away' ? undefined : true));
    expect((await alice.traced('PUBLISH', 'outgoing')).at(-1)).toMatch(/^Expires: 0/m);

    await bob.command('presence.unsubscribe', { address: `sip:alice@${DOMAIN}` });
    await bob.until('nobody watched', () => (watched(bob, 'alice') === undefined ? true : undefined));
    expect((await bob.traced('SUBSCRIBE', 'outgoing')).at(-1)).toMatch(/^Expires: 0/m);
    await Promise.all([alice.terminate(), bob.terminate()]);
  });

  it('lights the lamp of a line while its user is in a call (RFC 4235 §3)', async (context) => {
    needServer(context);
    const [alice, bob, carol] = await Promise.all([
      phoneOf(server.account('alice')),
      phoneOf(server.account('bob')),
      phoneOf(server.account('carol')),
    ]);
    await carol.command('presence.subscribe', { target: `sip:bob@${DOMAIN}` });
    const lamp = (wanted: string) =>
      carol.until(`lamp ${wanted}`, () => (watched(carol, 'bob')?.line === wanted ? true : undefined));
    const { callId } = await alice.command('call.dial', { target: `sip:bob@${DOMAIN}` });
    const { id } = await bob.incoming('ringing');
    await lamp('ringing');
    await bob.command('call.answer', { callId: id });
    await lamp('inUse');
    await alice.command('call.hangUp', { callId });
    await lamp('idle');
    await Promise.all([alice, bob, carol].map((phone) => phone.terminate()));
  });

  it('serves a watcher itself where its server does not, by the rule of its user (RFC 6665 §4.2)', async (context) => {
    needServer(context);
    const sharing = await phoneOf(server.account('alice'), { presence: { share: 'everybody' } });
    const watcher = await phoneOf(server.account('bob'));
    await sharing.command('presence.setOwn', { activity: 'busy' });
    await watcher.command('presence.subscribe', { target: `sip:alice@127.0.0.1:${sharing.port()}` });
    await watcher.until('busy peer', () =>
      watcher.view?.presence.watched.some(({ activity }) => activity === 'busy') === true ? true : undefined,
    );
    await Promise.all([sharing.terminate(), watcher.terminate()]);
  });
});

describe('texts through Kamailio (RFC 3428 §4)', () => {
  it('come and go, and the sender learns that one arrived (RFC 5438 §6.3)', async (context) => {
    needServer(context);
    const texts = { requestReports: true, sendDelivered: true };
    const [alice, bob] = await Promise.all([
      phoneOf(server.account('alice'), { texts }),
      phoneOf(server.account('bob'), { texts }),
    ]);
    const { textId } = await alice.command('text.send', { target: `sip:bob@${DOMAIN}`, text: 'Grüße aus dem Labor' });
    const arrived = await bob.until('text', () => bob.view?.texts[0]);
    expect(arrived).toMatchObject({ text: 'Grüße aus dem Labor', direction: 'incoming', isRead: false });
    await alice.until('report', () =>
      alice.view?.texts.some(({ id, status }) => id === textId && status === 'delivered') === true ? true : undefined,
    );
    await bob.command('text.send', { target: arrived.remote.address, text: 'Danke' });
    await alice.until('answer', () => alice.view?.texts.find(({ text }) => text === 'Danke'));
    expect((await alice.viewNow()).conversations).toHaveLength(1);
    await Promise.all([alice.terminate(), bob.terminate()]);
  });

  it('fail in plain words where nobody is there', async (context) => {
    needServer(context);
    const alice = await phoneOf(server.account('alice'));
    await alice.command('text.send', { target: `sip:dave@${DOMAIN}`, text: 'Anybody?' }).catch(() => undefined);
    const failed = await alice.until('failed text', () => alice.view?.texts.find(({ status }) => status === 'failed'));
    expect(failed.text).toBe('Anybody?');
    await alice.terminate();
  });
});

describe('the mailbox at Kamailio (RFC 3842 §3)', () => {
  it('is asked for, and a change is shown', async (context) => {
    needServer(context);
    const alice = await phoneOf(server.account('alice'));
    const body = 'Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n';
    expect(await publishMailbox('alice', body)).toMatch(/^SIP\/2.0 200/);
    const voicemail = await alice.until('mark', () => alice.view?.accounts[0]?.voicemail ?? undefined);
    expect(voicemail).toMatchObject({ isWaiting: true, newCount: 2, oldCount: 8 });
    await alice.terminate();
  });
});
