// Who may reach the phone through its web host: nobody without the one-time link's cookie, and no other web page.
import { request } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { describe, expect, it } from 'vitest';
import { useSession } from './pages/browser-session.ts';

interface Answer {
  readonly statusCode: number;
  readonly body: string;
}

/** Not fetch: the path goes out as it is written, and any Host can be sent. */
function get(port: number, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (data: Buffer) => (body += data.toString('utf8')));
      response.on('end', () => resolve({ statusCode: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Asks for a socket that it will not get, and resets the connection while the answer comes. */
function knockAndReset(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET /phone HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
      setImmediate(() => socket.resetAndDestroy());
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}

function openSocket(port: number, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/phone`, { headers });
    socket.on('open', () => {
      socket.close();
      resolve('open');
    });
    socket.on('error', (error) => resolve(error.message));
  });
}

describe('the web host', () => {
  const session = useSession();
  const cookie = async (): Promise<string> => {
    const cookies = await session().context.cookies();
    return cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  };

  it('refuses the one-time link when it is used again without the cookie', async () => {
    const { phone } = session();
    await session().window.see(/built-in test line/);

    const answer = await get(phone.port, new URL(phone.url).pathname + new URL(phone.url).search);

    expect(answer).toMatchObject({ statusCode: 403 });
    expect(answer.body).toContain('used already');
  });

  it('keeps its cookie from scripts and from other sites', async () => {
    const [ours] = await session().context.cookies();

    expect(ours).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
  });

  it('serves nothing without the cookie', async () => {
    for (const path of ['/', '/index.html', '/icon.svg', '/?token=', '/?token=0'])
      expect(await get(session().phone.port, path)).toMatchObject({ statusCode: 403 });
  });

  it('refuses another Host even with the cookie', async () => {
    const headers = { cookie: await cookie() };

    const own = await get(session().phone.port, '/', headers);
    const rebound = await get(session().phone.port, '/', { ...headers, host: `evil.example:${session().phone.port}` });

    expect(own).toMatchObject({ statusCode: 200 });
    expect(rebound).toMatchObject({ statusCode: 403 });
  });

  it('serves no file outside the window', async () => {
    const headers = { cookie: await cookie() };
    const paths = [
      '/../main/web.js',
      '/%2e%2e/main/web.js',
      '/..%2fmain%2fweb.js',
      '//etc/passwd',
      '/assets/../../built',
    ];

    for (const path of [...paths, '/etc/passwd', '/phone', '/%00'])
      expect((await get(session().phone.port, path, headers)).statusCode, path).toBe(404);
    expect(await get(session().phone.port, '/', headers, 'POST')).toMatchObject({ statusCode: 405 });
  });

  it('survives a request line that is no URL', async () => {
    const headers = { cookie: await cookie() };

    for (const path of ['//', '//:80', 'http://[', '/\\..\\main'])
      expect((await get(session().phone.port, path, headers)).statusCode, path).toBeGreaterThanOrEqual(400);
    expect(await get(session().phone.port, '/', headers)).toMatchObject({ statusCode: 200 });
  });

  it('survives windows that it refuses and that go at once', async () => {
    const { port } = session().phone;
    const headers = { cookie: await cookie() };

    await Promise.all(Array.from({ length: 20 }, () => knockAndReset(port)));

    expect(await get(port, '/', headers)).toMatchObject({ statusCode: 200 });
  });

  it('opens its socket only to its own page with its cookie', async () => {
    const { phone } = session();
    const good = { origin: phone.origin, cookie: await cookie() };

    expect(await openSocket(phone.port, good)).toBe('open');
    expect(await openSocket(phone.port, { ...good, origin: 'https://evil.example' })).toContain('403');
    expect(await openSocket(phone.port, { ...good, host: `evil.example:${phone.port}` })).toContain('403');
    expect(await openSocket(phone.port, { origin: phone.origin })).toContain('403');
    expect(await openSocket(phone.port, { cookie: good.cookie })).toContain('403');
  });
});
