// A park server, which is a music server as well: called by REFER, it takes the place of who asked. RFC 5359 §2.3, §2.15.
import { textBody, type IncomingRequest, type InviteSession, type UsageDialog } from '../../src-main/sip/core/index.ts';
import { formatUri, SipUri } from '../../src-main/sip/syntax/index.ts';
import { DIALOG_INFO_TYPE, formatDialogInfo, Notifier } from '../../src-main/sip/usage/index.ts';
import { sdp, SipAgent } from './sip-agent.ts';
import type { VirtualNetwork } from './virtual-network.ts';

export const PCMU_OFFER = (address: string): string =>
  `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n`;

export class ParkServer {
  readonly agent: SipAgent;
  /** Whoever is parked. */
  parked: InviteSession | undefined;
  readonly #notifier: Notifier;

  private constructor(agent: SipAgent) {
    this.agent = agent;
    agent.core.onRequest('REFER', (refer) => void this.#onRefer(refer));
    this.#notifier = new Notifier({
      core: agent.core,
      packages: [
        {
          ...{ event: 'dialog', contentType: DIALOG_INFO_TYPE },
          accountFor: () => agent.account,
          isAllowed: () => true,
          body: (_, version) => textBody(DIALOG_INFO_TYPE, this.#dialogInfo(version)),
        },
      ],
    });
  }

  static async open(network: VirtualNetwork, name: string, address: string): Promise<ParkServer> {
    return new ParkServer(await SipAgent.open(network, { name, address }));
  }

  async #onRefer(refer: IncomingRequest): Promise<void> {
    const { core, account } = this.agent;
    const target = /<([^>]+)>/.exec(refer.request.headers.first('Refer-To') ?? '')?.[1] ?? '';
    const [, address = '', replaces = ''] = /^sip:([^?]+)\?Replaces=(.*)$/i.exec(target) ?? [];
    const dialog = core.usageDialogs.openFromSubscribe(refer, account, () => {});
    refer.respond(202, { dialogAccount: account });
    await this.#report(dialog, '100 Trying', false);
    const [user = '', hostPort = ''] = address.split('@');
    const [host = '', port] = hostPort.split(':');
    const invite = core.invite({
      target: new SipUri({ scheme: 'sip', user, host, ...(port !== undefined && { port: Number(port) }) }),
      account,
      offer: sdp(PCMU_OFFER('10.0.0.50')),
      headers: [['Replaces', decodeURIComponent(replaces)]],
    });
    invite.events.on('answered', ({ session }) => {
      this.parked = session;
      session.events.on('ended', () => (this.parked = undefined));
      this.#notifier.changed('dialog');
      void this.#report(dialog, '200 OK', true);
    });
    invite.events.on('failed', ({ statusCode }) => void this.#report(dialog, `${statusCode} Failed`, true));
  }

  async #report(dialog: UsageDialog | undefined, status: string, isLast: boolean): Promise<void> {
    await dialog?.request('NOTIFY', {
      headers: [
        ['Event', 'refer'],
        ['Subscription-State', isLast ? 'terminated;reason=noresource' : 'active;expires=60'],
      ],
      body: textBody('message/sipfrag', `SIP/2.0 ${status}\r\n`),
    });
  }

  #dialogInfo(version: number): string {
    const dialog = this.parked?.dialog;
    if (!dialog) return formatDialogInfo('sip:park', version, []);
    const { id, remote, remoteTarget } = dialog;
    const told = {
      ...({ id: 'parked', direction: 'initiator', state: 'confirmed' } as const),
      ...{ callId: id.callId, localTag: id.localTag, remoteTag: id.remoteTag },
      ...{ remote: formatUri(remote.uri), remoteTarget: formatUri(remoteTarget) },
    };
    return formatDialogInfo('sip:park', version, [told]);
  }
}
