// An account: the settings that a person gives, made into what SIP needs. RFC 3261 §8.1.1, §10.2.
import { err, ok, type Result } from '../../base/result.ts';
import type { AccountIdentity, DigestPolicy } from '../../sip/core/index.ts';
import { parseTurnServers } from '../../media/index.ts';
import { formatUri, Parameters, parseUri, SipUri, type Uri } from '../../sip/syntax/index.ts';

export type DtmfPreference = 'auto' | 'rfc4733' | 'info' | 'inband';
export type SrtpPreference = 'off' | 'optional' | 'required' | 'dtls';
export type CodecPreference = 'opus' | 'G722' | 'PCMA' | 'PCMU' | 'L16';

export interface AccountSettings {
  readonly id?: string | undefined;
  readonly address: string;
  readonly displayName: string;
  readonly username?: string | undefined;
  readonly authUsername?: string | undefined;
  readonly password?: string | undefined;
  readonly registrar?: string | undefined;
  readonly register: boolean;
  readonly registerExpiresSec: number;
  readonly outboundProxies: readonly string[];
  readonly transport: 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';
  /** A port that this account has for itself, 0 for any; null: it shares those of the phone. */
  readonly listenPort?: number | null;
  readonly addressFamily?: 'any' | 'ipv4' | 'ipv6';
  readonly codecs: readonly CodecPreference[];
  readonly srtp: SrtpPreference;
  readonly ice: boolean;
  readonly stunServer: string | null;
  readonly turnServer: string | null;
  readonly turnUsername?: string;
  readonly turnPassword?: string | undefined;
  readonly dtmf: DtmfPreference;
  readonly sessionTimerSec: number;
  readonly reliableProvisional: 'off' | 'supported' | 'required';
  /** How we learn of voice messages at the server. RFC 3842 */
  readonly messageWaiting?: 'subscribe' | 'unsolicited' | 'off' | undefined;
  readonly gruu?: boolean;
  readonly digestPolicy?: DigestPolicy;
  readonly hideIdentity?: boolean;
  readonly sipsRequired?: boolean;
  readonly answerMode?: 'never' | 'trusted';
  readonly autoAnswerCallers?: readonly string[];
  /** Whom to tell how calls sounded. RFC 6035 */
  readonly qualityCollector?: string | null;
}

export interface Account {
  readonly id: string;
  readonly settings: AccountSettings;
  readonly isTestLine: boolean;
  readonly address: SipUri;
  readonly registrar: SipUri;
  /** As whom SIP speaks now: `configured`, with what the registration brought. */
  readonly identity: AccountIdentity;
  readonly configured: AccountIdentity;
}

/** The failure is a sentence that says which setting is wrong. */
export function createAccount(settings: AccountSettings, isTestLine = false): Result<Account, string> {
  const address = parseSipUri(settings.address);
  if (!address?.user) return err(`"${settings.address}" is not an address like name@provider.com`);
  // RFC 5630 §5.1.1.1: a SIPS address is registered by a secured way
  const registrar = parseSipUri(
    settings.registrar ?? address.host + (address.port === undefined ? '' : `:${address.port}`),
    address.scheme,
  );
  if (!registrar) return err(`"${settings.registrar ?? ''}" is not the address of a registrar`);
  const outboundProxies = parseProxies(settings.outboundProxies);
  if (!outboundProxies.ok) return outboundProxies;
  const wrong = wrongPlace(settings);
  if (wrong !== undefined) return err(wrong);
  if (!mayListen(settings)) return err('An account over a WebSocket listens nowhere: take listenPort out.');
  const username = settings.username ?? address.user;
  const id = settings.id ?? accountIdOf(address);
  const configured = {
    ...identityOf(settings, address, username, outboundProxies.value),
    ...(hasOwnPort(settings) && { listener: id }),
  };
  return ok({
    id,
    settings,
    isTestLine,
    address,
    registrar,
    identity: configured,
    configured,
  });
}

function parseProxies(texts: readonly string[]): Result<readonly SipUri[], string> {
  const proxies: SipUri[] = [];
  for (const text of texts) {
    const proxy = parseSipUri(text);
    if (!proxy) return err(`"${text}" is not the address of a proxy`);
    proxies.push(proxy);
  }
  return ok(proxies);
}

/** The servers beside the registrar; undefined when they are as they should be. */
function wrongPlace({ qualityCollector, turnServer }: AccountSettings): string | undefined {
  if (!isAddressOrNone(qualityCollector)) return `"${String(qualityCollector)}" is not the address of a collector`;
  if (typeof turnServer === 'string' && parseTurnServers(turnServer).length === 0)
    return `"${turnServer}" is not the address of a relay like turn:name:port`;
  return undefined;
}

const isAddressOrNone = (text: string | null | undefined): boolean =>
  typeof text !== 'string' || parseSipUri(text) !== undefined;

/** RFC 7118 §4: a user agent is the client of a WebSocket, and is not called back. */
const mayListen = (settings: AccountSettings): boolean =>
  !hasOwnPort(settings) || !['ws', 'wss'].includes(settings.transport);

const hasOwnPort = ({ listenPort }: AccountSettings): boolean => typeof listenPort === 'number';

function identityOf(
  settings: AccountSettings,
  address: SipUri,
  username: string,
  outboundProxies: readonly SipUri[],
): AccountIdentity {
  return {
    address,
    contactUser: username,
    outboundProxies,
    transport: settings.transport,
    addressFamily: settings.addressFamily ?? 'any',
    isSipsRequired: settings.sipsRequired === true,
    reliableProvisional: settings.reliableProvisional,
    sessionExpiresSec: settings.sessionTimerSec,
    ...(settings.displayName && { displayName: settings.displayName }),
    ...(settings.digestPolicy && { digestPolicy: settings.digestPolicy }),
    ...(settings.password !== undefined && {
      credentials: { username: settings.authUsername ?? username, password: settings.password },
    }),
  };
}

/** `alice@example.com`: stable, and readable in a log or a script. */
const accountIdOf = (address: SipUri): string => `${address.user ?? ''}@${address.host}`.replace(/[^\w.@-]/g, '_');

/** People leave the scheme out. */
export function parseSipUri(text: string, scheme: 'sip' | 'sips' = 'sip'): SipUri | undefined {
  const trimmed = text.trim();
  const parsed = parseUri(/^sips?:/i.test(trimmed) ? trimmed : `${scheme}:${trimmed}`);
  return parsed.ok && parsed.value instanceof SipUri ? parsed.value : undefined;
}

/** An address as people read and dial it: no password, no parameters. */
export function plainAddress(uri: Uri): string {
  if (!(uri instanceof SipUri)) return formatUri(uri);
  return uri.with({ password: undefined, parameters: Parameters.none, headers: Parameters.none }).toString();
}
