// Writes our descriptions of one session, each with the version that it deserves. RFC 3264 §8, RFC 8866 §5.2.
import type { LocalMedia } from './audio-line.ts';
import { formatSdp } from './format-sdp.ts';
import type { MediaDescription } from './session-description.ts';

export class DescriptionWriter {
  #version: number;
  #lastBody: string | undefined;

  constructor(version: number) {
    this.#version = version;
  }

  /** One that goes on from here by itself. */
  clone(): DescriptionWriter {
    const copy = new DescriptionWriter(this.#version);
    copy.#lastBody = this.#lastBody;
    return copy;
  }

  /** RFC 3264 §8: the version grows by one exactly when the description changes. */
  write({ address, sessionId, originAddress = address }: LocalMedia, media: readonly MediaDescription[]): string {
    const body = (version: string): string =>
      formatSdp({
        // RFC 3264 §8: the o= line stays as it was, but for its version
        origin: { username: '-', sessionId, sessionVersion: version, address: originAddress },
        name: '-',
        connection: address,
        attributes: [],
        media,
      });
    const unversioned = body('0');
    if (this.#lastBody !== undefined && this.#lastBody !== unversioned) this.#version++;
    this.#lastBody = unversioned;
    return body(String(this.#version));
  }
}
