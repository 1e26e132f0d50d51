// A few bound ports for the next calls, so that neither a caller nor a callee waits for the media process.
import type { Result } from '../../base/result.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import type { MediaFailure, PortPlace } from '../session/index.ts';

/** As many calls can begin before the first of them has been told to the media process. */
const SPARES = 4;
/** Addresses and ranges that are in use together; the one that was used longest ago is forgotten. */
const MAX_PLACES = 4;

interface Stock {
  readonly rtp: SocketAddress[];
  asked: number;
}

export class SparePorts {
  readonly #reserve: (place: PortPlace) => Promise<Result<SocketAddress, MediaFailure>>;
  readonly #stocks = new Map<string, Stock>();

  constructor(reserve: (place: PortPlace) => Promise<Result<SocketAddress, MediaFailure>>) {
    this.#reserve = reserve;
  }

  /** The RTP address of a pair; undefined when none is at hand yet. */
  take({ localAddress, portRange }: PortPlace): SocketAddress | undefined {
    const key = `${localAddress} ${portRange.join('-')}`;
    const stock = this.#stocks.get(key) ?? { rtp: [], asked: 0 };
    this.#stocks.delete(key);
    this.#stocks.set(key, stock);
    if (this.#stocks.size > MAX_PLACES) this.#forgetOldest();
    const rtp = stock.rtp.shift();
    this.#fill(stock, { localAddress, portRange });
    return rtp;
  }

  /** The process that held them is gone. */
  clear(): void {
    this.#stocks.clear();
  }

  #fill(stock: Stock, place: PortPlace): void {
    for (; stock.rtp.length + stock.asked < SPARES; stock.asked++) {
      void this.#reserve(place).then((reserved) => {
        stock.asked--;
        if (reserved.ok) stock.rtp.push(reserved.value);
      });
    }
  }

  #forgetOldest(): void {
    for (const key of this.#stocks.keys()) {
      this.#stocks.delete(key);
      return;
    }
  }
}
