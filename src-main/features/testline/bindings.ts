// The registrar of the test line: one domain, no passwords, a handful of bindings. RFC 3261 §10.3.
import type { Runtime } from '../../base/runtime.ts';
import type { IncomingRequest } from '../../sip/core/index.ts';
import { Header, type SipUri } from '../../sip/syntax/index.ts';

const LIMIT = 16;
const DEFAULT_EXPIRES_SEC = 300;

interface Binding {
  readonly contact: SipUri;
  readonly untilMs: number;
}

export class Bindings {
  readonly #runtime: Runtime;
  readonly #byUser = new Map<string, Binding>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Where `user` can be reached now. */
  find(user: string): SipUri | undefined {
    const binding = this.#byUser.get(user);
    return binding && binding.untilMs > this.#runtime.nowMs() ? binding.contact : undefined;
  }

  register(request: IncomingRequest): void {
    const { headers, to } = request.request;
    const contact = headers.get(Header.Contact);
    const user = to.uri.kind === 'sip' ? to.uri.user : undefined;
    if (contact?.uri.kind !== 'sip' || user === undefined) return request.respond(400);
    const expiresSec = Number(contact.parameters.get('expires') ?? headers.get(Header.Expires) ?? DEFAULT_EXPIRES_SEC);
    if (expiresSec > 0) {
      if (this.#byUser.size >= LIMIT && !this.#byUser.has(user)) return request.respond(503);
      this.#byUser.set(user, { contact: contact.uri, untilMs: this.#runtime.nowMs() + expiresSec * 1000 });
    } else this.#byUser.delete(user);
    // RFC 3261 §10.3: the 2xx lists what is bound now, with what is left of its time.
    const listed: [string, string][] =
      expiresSec > 0 ? [['Contact', `<${contact.uri.toString()}>;expires=${expiresSec}`]] : [];
    request.respond(200, { headers: listed });
  }
}
