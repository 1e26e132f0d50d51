// What the peer of a session says that it understands. RFC 3261 §20.5, §20.37.
import { Header, type SipRequest, type SipResponse } from '../syntax/index.ts';

export class RemoteCapabilities {
  #allow: readonly string[] = [];
  #supported: readonly string[] = [];

  /** Methods in the peer's last Allow. */
  get allow(): readonly string[] {
    return this.#allow;
  }

  /** Extensions in the peer's last Supported. */
  get supported(): readonly string[] {
    return this.#supported;
  }

  note(message: SipRequest | SipResponse): void {
    const allow = message.headers.all(Header.Allow);
    if (allow.length > 0) this.#allow = allow;
    const supported = message.headers.all(Header.Supported);
    if (supported.length > 0) this.#supported = supported;
  }
}
