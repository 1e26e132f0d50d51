// A relay that others have written: coturn, with one name and password.
import { join } from 'node:path';
import { temporaryFolder } from './daemon.ts';
import { LineProcess } from './line-process.ts';
import { commandIn } from './network-namespace.ts';

export const RELAY_USER = { turnUsername: 'nightjar', turnPassword: 'a little secret' } as const;

export interface CoturnOptions {
  /** Where it listens and relays. */
  readonly address: string;
  readonly port: number;
  readonly namespace?: string;
  readonly tls?: { readonly port: number; readonly certificateFile: string; readonly keyFile: string };
  readonly flags?: readonly string[];
}

/** Starts it; `program` is where it is installed. */
export function startCoturn(
  program: string,
  { address, port, namespace, tls, flags = [] }: CoturnOptions,
): LineProcess {
  const folder = temporaryFolder('coturn');
  const files = ['--pidfile', join(folder, 'pid'), '--userdb', join(folder, 'db'), '--log-file', 'stdout'];
  const listen = ['--listening-ip', address, '--relay-ip', address, '--listening-port', String(port)];
  const secure = tls
    ? ['--tls-listening-port', String(tls.port), '--cert', tls.certificateFile, '--pkey', tls.keyFile]
    : ['--no-tls'];
  const { turnUsername, turnPassword } = RELAY_USER;
  const who = ['--lt-cred-mech', '--realm', 'nightjar.test', '--user', `${turnUsername}:${turnPassword}`];
  const args = ['-n', '--no-cli', '--no-dtls', ...listen, ...secure, ...who, ...files, ...flags];
  return new LineProcess(...commandIn(namespace, program, args));
}
