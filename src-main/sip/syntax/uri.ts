// SIP, SIPS, tel and other URIs as values, and their text. RFC 3261 §19.1, RFC 3966 §3.
import { CharacterClass } from './characters.ts';
import { formatHostPort } from './host-port.ts';
import { Parameters } from './parameters.ts';
import { escapeUri } from './uri-escape.ts';

export interface SipUriFields {
  readonly scheme: 'sip' | 'sips';
  /** Without escapes; undefined when the URI names a host only. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly parameters?: Parameters;
  readonly headers?: Parameters;
}

/** Immutable; `with` returns a changed copy. A URI that was parsed is written back in its own spelling. */
export class SipUri {
  readonly kind = 'sip';
  readonly scheme: 'sip' | 'sips';
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: Parameters;
  readonly headers: Parameters;
  private readonly text: string | undefined;
  private readonly spelledUser: string | undefined;

  /** The parser adds the spelling, so that a URI is echoed as it came: its text, and the user with its escapes. */
  constructor(fields: SipUriFields, text?: string, escapedUser?: string) {
    this.scheme = fields.scheme;
    this.user = fields.user;
    this.password = fields.password;
    this.host = fields.host;
    this.port = fields.port;
    this.parameters = fields.parameters ?? Parameters.none;
    this.headers = fields.headers ?? Parameters.none;
    this.text = text;
    this.spelledUser = escapedUser;
  }

  /** `sips` promises a secured way to the target. RFC 3261 §26.2.2. */
  get isSecure(): boolean {
    return this.scheme === 'sips';
  }

  /** The user as the URI spells it, which tells `%3B` from `;`. */
  get escapedUser(): string | undefined {
    if (this.text !== undefined) return this.spelledUser;
    return this.user === undefined ? undefined : escapeUri(this.user, CharacterClass.user);
  }

  with(changes: Partial<SipUriFields>): SipUri {
    return new SipUri({ ...this.#fields(), ...changes });
  }

  withParameter(name: string, value?: string): SipUri {
    return this.with({ parameters: this.parameters.with(name, value) });
  }

  withoutParameter(name: string): SipUri {
    return this.with({ parameters: this.parameters.without(name) });
  }

  toString(): string {
    if (this.text !== undefined) return this.text;
    let text = `${this.scheme}:`;
    if (this.user !== undefined) {
      text += escapeUri(this.user, CharacterClass.user);
      if (this.password !== undefined) text += `:${escapeUri(this.password, CharacterClass.password)}`;
      text += '@';
    }
    return text + formatHostPort(this) + formatUriParameters(this.parameters) + formatUriHeaders(this.headers);
  }

  #fields(): SipUriFields {
    const { scheme, user, password, host, port, parameters, headers } = this;
    return { scheme, user, password, host, port, parameters, headers };
  }
}

/** A telephone number. RFC 3966 §3. */
export interface TelUri {
  readonly kind: 'tel';
  readonly scheme: 'tel';
  /** As written, with its visual separators and, if global, its leading plus. */
  readonly number: string;
  readonly isGlobal: boolean;
  /** Where a local number is valid. RFC 3966 §5.1.5. */
  readonly phoneContext?: string;
  readonly parameters: Parameters;
}

/** A URI of a scheme that this stack does not serve; `text` is what follows the colon. */
export interface OtherUri {
  readonly kind: 'other';
  readonly scheme: string;
  readonly text: string;
}

export type Uri = SipUri | TelUri | OtherUri;

export function formatUri(uri: Uri): string {
  switch (uri.kind) {
    case 'sip':
      return uri.toString();
    case 'tel':
      return `tel:${uri.number}${formatUriParameters(uri.parameters)}`;
    case 'other':
      return uri.scheme === '*' ? '*' : `${uri.scheme}:${uri.text}`;
  }
}

function formatUriParameters(parameters: Parameters): string {
  let text = '';
  for (const { name, value } of parameters.entries()) {
    text += `;${escapeUri(name, CharacterClass.uriParameter)}`;
    if (value !== undefined) text += `=${escapeUri(value, CharacterClass.uriParameter)}`;
  }
  return text;
}

function formatUriHeaders(headers: Parameters): string {
  if (headers.size === 0) return '';
  const pairs = headers
    .entries()
    .map(
      ({ name, value }) =>
        `${escapeUri(name, CharacterClass.uriHeader)}=${escapeUri(value ?? '', CharacterClass.uriHeader)}`,
    );
  return `?${pairs.join('&')}`;
}
