// A server that cannot prove who it is: the window asks once, and the phone does as it is told.
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CertificateAuthority } from '../support/certificates.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { hasProgram, requireProgram } from '../support/requirements.ts';
import { useSession } from './pages/browser-session.ts';

let server: Server | undefined;
/** How often a client has believed the certificate and spoken SIP. */
let registers = 0;

beforeAll(async () => {
  if (!hasProgram('openssl')) return;
  const authority = new CertificateAuthority(temporaryFolder('authority'));
  const { certificate: cert, key } = authority.issue({ name: 'pbx.example', alternativeNames: 'IP:127.0.0.1' });
  server = createServer({ cert, key }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => (registers += String(data).startsWith('REGISTER') ? 1 : 0));
  }).on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  server?.close();
});

describe('the question about a certificate', () => {
  const session = useSession();

  it('is refused by keyboard, asked again when the account is tried again, and then believed', async (context) => {
    requireProgram(context, 'openssl');
    const { window, phone } = session();
    const place = server?.address();
    const host = `127.0.0.1:${typeof place === 'object' && place ? place.port : 0}`;
    const account = { id: 'alice', address: `sip:alice@${host}`, transport: 'tls', password: 'secret' };
    await phone.command('account.save', { ...account, outboundProxies: [`sip:${host};transport=tls;lr`] });
    const question = window.page.getByRole('alertdialog', { name: `Is this really ${host}?` });
    await question.getByText(/Nobody that this computer trusts/).waitFor();
    await question.getByText('Test Authority').waitFor();

    await window.page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    expect(registers).toBe(0);

    await phone.command('account.register', { accountId: 'alice' });
    await question.waitFor();
    await window.tabTo(/^Trust this certificate/);
    await window.page.keyboard.press('Enter');
    await question.waitFor({ state: 'detached' });
    await expect.poll(() => registers, { timeout: 10_000 }).toBeGreaterThan(0);
  });
});
