// Who may open the window: the holder of a one-time token gets a cookie; Host and Origin must be ours. Guards against other users'
// programs, and against web pages that try to reach loopback (DNS rebinding, cross-site requests).
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const COOKIE = 'nightjar';
const TOKEN_BYTES = 24;

export class Gatekeeper {
  readonly #cookieValue = randomBytes(TOKEN_BYTES).toString('hex');
  #token: string | undefined;
  #port = 0;

  /** The port that the server listens on, once known: it is part of Host and Origin. */
  setPort(port: number): void {
    this.#port = port;
  }

  /** A token that opens the window once. */
  issueToken(): string {
    this.#token = randomBytes(TOKEN_BYTES).toString('hex');
    return this.#token;
  }

  /** The cookie to set when the token is right; the token is used up. */
  redeem(token: string): string | undefined {
    if (this.#token === undefined || !isEqual(token, this.#token)) return undefined;
    this.#token = undefined;
    return `${COOKIE}=${this.#cookieValue}; HttpOnly; SameSite=Strict; Path=/`;
  }

  hasOurHost(request: IncomingMessage): boolean {
    return this.#hosts().includes(request.headers.host ?? '');
  }

  hasOurOrigin(request: IncomingMessage): boolean {
    return this.#hosts().some((host) => request.headers.origin === `http://${host}`);
  }

  hasCookie(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim().split('='));
    // Cookies of another phone on another port of this host come along: any of them may be ours.
    return cookies.some(([name, value = '']) => name === COOKIE && isEqual(value, this.#cookieValue));
  }

  #hosts(): readonly string[] {
    return [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`];
  }
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
