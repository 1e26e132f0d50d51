// Certificates that the user trusts, and those that the user is asked about, once. RFC 3261 §26.3.1.
import type { CertificateQuestion } from '../../src-shared/contract/index.ts';
import { randomToken, type Runtime } from '../base/runtime.ts';
import { formatSocketAddress } from '../base/socket-address.ts';
import type { CertificateRefusal, TrustPolicy } from '../sip/transport/index.ts';
import type { SettingsStore } from '../storage/index.ts';

const SECTION = 'trustedCertificates';
/** Questions at a time: a name service that lies must not fill the window. */
const MAX_QUESTIONS = 8;
const MAX_PINS = 256;

export interface CertificateQuestionsOptions {
  readonly runtime: Runtime;
  readonly settings: SettingsStore;
  /** False only by the config file's `sip.tls.verify`. */
  readonly isVerifying: boolean;
  /** The accounts that reach their servers under this name. */
  readonly accountsAt: (host: string) => readonly string[];
  readonly onChanged: () => void;
  /** These accounts can try again. */
  readonly onTrusted: (accountIds: readonly string[]) => void;
}

interface Asked {
  readonly question: CertificateQuestion;
  readonly domain: string;
}

/** Trust on first use: what is trusted is pinned to the server's name and port, and any other certificate asks again. */
export class CertificateQuestions implements TrustPolicy {
  readonly isVerifying: boolean;
  readonly #options: CertificateQuestionsOptions;
  readonly #pins: Map<string, string>;
  readonly #refused = new Set<string>();
  #asked: readonly Asked[] = [];

  constructor(options: CertificateQuestionsOptions) {
    this.#options = options;
    this.isVerifying = options.isVerifying;
    this.#pins = readPins(options.settings.read(SECTION));
  }

  list(): CertificateQuestion[] {
    return this.#asked.map(({ question }) => question);
  }

  pinnedFingerprint(host: string, port: number): string | undefined {
    return this.#pins.get(placeOf(host, port));
  }

  /** A connection was refused for its certificate. The same question is not asked twice, nor after a no in this run. */
  ask(refusal: CertificateRefusal): void {
    const { certificate, reason, pinnedFingerprint } = refusal;
    const { fingerprint, subject, issuer, validUntilMs } = certificate;
    const host = placeOf(refusal.host, refusal.port);
    if (this.#refused.has(`${host} ${fingerprint}`) || this.#asked.length >= MAX_QUESTIONS) return;
    if (this.list().some((known) => known.host === host && known.fingerprint === fingerprint)) return;
    const [accountId] = this.#options.accountsAt(refusal.host);
    const question: CertificateQuestion = {
      ...{ id: randomToken(this.#options.runtime), host, fingerprint, subject, issuer, validUntilMs, reason },
      ...(accountId !== undefined && { accountId }),
      ...(pinnedFingerprint !== undefined && { pinnedFingerprint }),
    };
    this.#asked = [
      ...this.#asked.filter(({ question: { host: other } }) => other !== host),
      { question, domain: refusal.host },
    ];
    this.#options.onChanged();
  }

  /** Pins the certificate; false when the question is gone. */
  trust(id: string): boolean {
    const asked = this.#take(id);
    if (!asked) return false;
    const { host, fingerprint } = asked.question;
    this.#pins.delete(host);
    this.#pins.set(host, fingerprint);
    const kept = [...this.#pins].slice(-MAX_PINS);
    this.#options.settings.write(
      SECTION,
      kept.map(([place, pinned]) => ({ host: place, fingerprint: pinned })),
    );
    this.#options.onTrusted(this.#options.accountsAt(asked.domain));
    return true;
  }

  /** The server stays unreached; not asked again until the user tries the account anew. */
  refuse(id: string): boolean {
    const asked = this.#take(id);
    if (!asked) return false;
    this.#refused.add(`${asked.question.host} ${asked.question.fingerprint}`);
    return true;
  }

  /** The user saved or registered an account: a no of before does not stand in the way. */
  forgetRefusals(): void {
    this.#refused.clear();
  }

  #take(id: string): Asked | undefined {
    const asked = this.#asked.find(({ question }) => question.id === id);
    this.#asked = this.#asked.filter((other) => other !== asked);
    if (asked) this.#options.onChanged();
    return asked;
  }
}

const placeOf = (host: string, port: number): string => formatSocketAddress({ address: host.toLowerCase(), port });

/** The settings file may be of an older phone, or edited by hand: what does not fit is left out. */
function readPins(saved: unknown): Map<string, string> {
  const entries: unknown[] = Array.isArray(saved) ? saved : [];
  return new Map(
    entries.flatMap((entry) => {
      const { host, fingerprint } = (entry ?? {}) as { host?: unknown; fingerprint?: unknown };
      return typeof host === 'string' && typeof fingerprint === 'string' ? [[host, fingerprint] as const] : [];
    }),
  );
}
