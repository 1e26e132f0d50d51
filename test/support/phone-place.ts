// A phone with one account at an address of a test's network, whose sound looks for its way.
import { startDaemon, type Daemon } from './daemon.ts';
import { SPEECH } from './lab.ts';

export interface PhonePlace {
  readonly user: string;
  /** An address, and the network namespace that has it. */
  readonly at: { readonly address: string; readonly name: string | undefined };
  readonly port: number;
  readonly account: object;
  readonly heard: string;
  /** What it says; the reference speech without it. */
  readonly says?: string;
  /** Whose certificates it believes beside the usual ones. */
  readonly trusted?: readonly string[];
}

/** It answers whoever calls. */
export const phoneAt = ({ user, at, port, account, heard, says = SPEECH, trusted = [] }: PhonePlace): Promise<Daemon> =>
  startDaemon({
    ...(at.name !== undefined && { namespace: at.name }),
    config: {
      accounts: [
        { id: user, address: `sip:${user}@${at.address}`, register: false, codecs: ['PCMU'], ice: true, ...account },
      ],
      sip: {
        listen: [{ transport: 'udp', address: at.address, port }],
        tls: { trustedCertificateFiles: trusted },
      },
      media: { address: at.address },
      calls: { autoAnswerAfterSec: 0 },
    },
    audio: `file:${says},${heard}`,
  });
