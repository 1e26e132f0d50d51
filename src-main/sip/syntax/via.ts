// Via: one hop of the way that a request came and its response goes. RFC 3261 §20.42, RFC 3581 §3.
import { type HostPort, formatHostPort, scanHostPort } from './host-port.ts';
import { parseDecimal } from './characters.ts';
import { Parameters, formatParameters, scanParameters } from './parameters.ts';
import { SLASH, Scanner } from './scanner.ts';
import { USUAL_VIA, placeHost } from './usual-shapes.ts';

export interface ViaFields {
  /** `UDP`, `TCP`, `TLS`, `WS`, `WSS`, in capitals. */
  readonly transport: string;
  /** Sent-by: a name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly parameters?: Parameters;
}

/** RFC 3261 §8.1.1.7: branches of this kind identify a transaction alone. */
export const BRANCH_COOKIE = 'z9hG4bK';

/** Immutable; the `with…` methods return changed copies. */
export class Via {
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: Parameters;

  constructor({ transport, host, port, parameters }: ViaFields) {
    this.transport = transport;
    this.host = host;
    this.port = port;
    this.parameters = parameters ?? Parameters.none;
  }

  get branch(): string | undefined {
    return this.parameters.get('branch');
  }

  /** Whether the branch was made by RFC 3261 rules. */
  get hasBranchCookie(): boolean {
    return this.branch?.toLowerCase().startsWith('z9hg4bk') === true && this.branch.length > BRANCH_COOKIE.length;
  }

  /** The address that the request came from, without brackets. */
  get received(): string | undefined {
    const text = this.parameters.get('received');
    return text?.startsWith('[') === true ? text.slice(1, -1) : text;
  }

  get maddr(): string | undefined {
    return this.parameters.get('maddr');
  }

  /** Whether the sender wants its response at the port it sent from. RFC 3581 §3. */
  get isRportWanted(): boolean {
    return this.parameters.has('rport');
  }

  /** The port that the request came from, once filled in. RFC 3581 §4. */
  get rport(): number | undefined {
    return parseDecimal(this.parameters.get('rport') ?? '', 65_535);
  }

  /** `host` or `host:port` as written. */
  get sentBy(): string {
    return formatHostPort(this);
  }

  with(changes: Partial<ViaFields>): Via {
    const { transport, host, port, parameters } = this;
    return new Via({ transport, host, port, parameters, ...changes });
  }

  withParameter(name: string, value?: string): Via {
    return this.with({ parameters: this.parameters.with(name, value) });
  }

  toString(): string {
    return formatVia(this);
  }
}

const TRANSPORT_START = 'SIP/2.0/'.length;

/** One Via value; undefined when malformed. */
export const parseVia = (text: string): Via | undefined => usualVia(text) ?? scanVia(text);

/** A Via as nearly everybody writes it; undefined does not mean that it is malformed. */
function usualVia(text: string): Via | undefined {
  if (!USUAL_VIA.test(text)) return undefined;
  const space = text.indexOf(' ');
  const { hostEnd, port, parametersStart } = placeHost(text, space + 1);
  const parameters = Parameters.ofText(text.slice(parametersStart));
  return new Via({
    transport: text.slice(TRANSPORT_START, space),
    host: text.slice(space + 1, hostEnd),
    port,
    parameters,
  });
}

/** The long way, which is the grammar. */
export function scanVia(text: string): Via | undefined {
  const scanner = new Scanner(text);
  scanner.skipWhitespace();
  if (scanner.takeToken().toUpperCase() !== 'SIP' || !scanner.eatSeparator(SLASH)) return undefined;
  // WHY: a request of another version is answered with 505, along its Vias.
  if (scanner.takeToken() === '' || !scanner.eatSeparator(SLASH)) return undefined;
  const transport = scanner.takeToken();
  const afterTransport = scanner.position;
  scanner.skipWhitespace();
  if (transport === '' || scanner.position === afterTransport) return undefined;
  const sentBy: HostPort | undefined = scanHostPort(scanner, true);
  if (!sentBy) return undefined;
  const parameters = scanParameters(scanner);
  if (!parameters || !scanner.finishes()) return undefined;
  return new Via({ transport: transport.toUpperCase(), host: sentBy.host, port: sentBy.port, parameters });
}

export function formatVia(via: Via): string {
  return `SIP/2.0/${via.transport} ${via.sentBy}${formatParameters(via.parameters)}`;
}
