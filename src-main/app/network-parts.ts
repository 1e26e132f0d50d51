// What the phone does about its network: whom it believes, and what follows when the network is another one.
import type { Logger } from '../base/logger.ts';
import type { Registrations } from '../features/registration/index.ts';
import { isSameHost, type SipUri } from '../sip/syntax/index.ts';
import type { TransportLayer } from '../sip/transport/index.ts';
import { CertificateQuestions } from './certificate-questions.ts';
import type { LocalAddresses } from './local-address.ts';
import { NetworkWatch } from './network-watch.ts';
import type { PhonePorts } from './phone-ports.ts';
import type { ViewPublisher } from './view-publisher.ts';

/** `registrations` is asked when a certificate is, and not before. */
export function createCertificates(
  { runtime, settings, config }: PhonePorts,
  publisher: ViewPublisher,
  registrations: () => Registrations,
): CertificateQuestions {
  return new CertificateQuestions({
    runtime,
    settings,
    isVerifying: config.sip.tls.verify,
    accountsAt: (host) => accountsAt(registrations(), host),
    onChanged: () => publisher.touch('certificateQuestions'),
    onTrusted: (accountIds) => {
      for (const accountId of accountIds) registrations().register(accountId);
    },
  });
}

/** The accounts that go to a server under this name. */
function accountsAt(registrations: Registrations, host: string): readonly string[] {
  const goesThere = (uri: SipUri): boolean => isSameHost(uri.host, host);
  return registrations.accounts
    .filter(({ address, registrar, identity }) => [address, registrar, ...identity.outboundProxies].some(goesThere))
    .map(({ id }) => id);
}

export interface NetworkWatchParts {
  readonly ports: PhonePorts;
  readonly transport: TransportLayer;
  readonly registrations: Registrations;
  readonly addresses: LocalAddresses;
  readonly logger: Logger;
  /** Calls that are going on learn that their address may be another one. */
  readonly onMoved: () => void;
}

export function watchNetwork(parts: NetworkWatchParts): NetworkWatch {
  const { runtime, network } = parts.ports;
  return new NetworkWatch({
    runtime,
    localAddresses: () => network.localAddresses(),
    onChanged: () => void move(parts),
  });
}

/** New sockets first, then the addresses that peers can reach, then registrations and calls over them. */
async function move({ transport, registrations, addresses, logger, onMoved }: NetworkWatchParts): Promise<void> {
  logger.info('the network changed');
  const failures = await transport.rebind();
  for (const { message } of failures) logger.warn('a socket could not be opened again', { reason: message });
  await Promise.all(registrations.accounts.map((account) => addresses.learn(account)));
  registrations.renewAll();
  onMoved();
}
