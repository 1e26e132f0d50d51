// Requests and responses. RFC 3261 §7.1, §7.2.
import { InvariantError } from '../../base/result.ts';
import type { HeaderList } from './header-list.ts';
import type { HeaderReader } from './header-type.ts';
import type { CSeqValue } from './header-values.ts';
import { CSeq, CallId, From, To, Via as ViaHeader } from './headers.ts';
import type { NameAddress } from './name-address.ts';
import type { Uri } from './uri.ts';
import type { Via } from './via.ts';

/** WHY: shared, for even an empty array costs more than a header line. */
export const NO_BODY: Uint8Array = new Uint8Array(0);

/** The parser and the builders have checked these headers; whoever removes one must not ask for it. */
function required<T>(headers: HeaderList, header: HeaderReader<T>): T {
  const value = headers.get(header);
  if (value === undefined) throw new InvariantError(`no ${header.name} in the message`);
  return value;
}

abstract class Message {
  readonly headers: HeaderList;
  body: Uint8Array;

  constructor(headers: HeaderList, body: Uint8Array) {
    this.headers = headers;
    this.body = body;
  }

  get from(): NameAddress {
    return required(this.headers, From);
  }

  get to(): NameAddress {
    return required(this.headers, To);
  }

  get callId(): string {
    return required(this.headers, CallId);
  }

  get cseq(): CSeqValue {
    return required(this.headers, CSeq);
  }

  /** The first Via value. */
  get topVia(): Via {
    return required(this.headers, ViaHeader);
  }
}

export interface SipRequestFields {
  readonly method: string;
  readonly requestUri: Uri;
  readonly headers: HeaderList;
  readonly body?: Uint8Array;
}

export class SipRequest extends Message {
  readonly kind = 'request';
  readonly method: string;
  readonly requestUri: Uri;

  constructor({ method, requestUri, headers, body }: SipRequestFields) {
    super(headers, body ?? NO_BODY);
    this.method = method;
    this.requestUri = requestUri;
  }

  /** A copy with headers of its own. */
  clone(): SipRequest {
    return this.withRequestUri(this.requestUri);
  }

  /** A copy with headers of its own and another target. */
  withRequestUri(requestUri: Uri): SipRequest {
    return new SipRequest({ method: this.method, requestUri, headers: this.headers.clone(), body: this.body });
  }
}

export interface SipResponseFields {
  readonly statusCode: number;
  readonly reasonPhrase: string;
  readonly headers: HeaderList;
  readonly body?: Uint8Array;
}

export class SipResponse extends Message {
  readonly kind = 'response';
  readonly statusCode: number;
  readonly reasonPhrase: string;

  constructor({ statusCode, reasonPhrase, headers, body }: SipResponseFields) {
    super(headers, body ?? NO_BODY);
    this.statusCode = statusCode;
    this.reasonPhrase = reasonPhrase;
  }

  get isProvisional(): boolean {
    return this.statusCode < 200;
  }

  get isSuccess(): boolean {
    return this.statusCode >= 200 && this.statusCode < 300;
  }

  /** A copy with headers of its own. */
  clone(): SipResponse {
    const { statusCode, reasonPhrase, headers, body } = this;
    return new SipResponse({ statusCode, reasonPhrase, headers: headers.clone(), body });
  }
}

export type SipMessage = SipRequest | SipResponse;
