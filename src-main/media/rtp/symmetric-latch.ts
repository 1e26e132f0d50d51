// Where to send: the signalled address, or the one that the peer's packets really come from. RFC 4961 §4.
import { isSameSocketAddress, type SocketAddress } from '../../base/socket-address.ts';

/** Packets in a row from one unannounced address before it is believed. */
const NEEDED_PACKETS = 2;

/** Moves once at most: after that, only signalling can move the media again, or the peer itself where packets show who sent them. */
export class SymmetricLatch {
  #signalled: SocketAddress | undefined;
  #remote: SocketAddress | undefined;
  #candidate: SocketAddress | undefined;
  #candidateCount = 0;
  #isLocked = false;

  /** Where packets go, once signalling has said so. */
  get remote(): SocketAddress | undefined {
    return this.#remote;
  }

  /** The signalled address; a new one unlocks. */
  setSignalled(remote: SocketAddress): void {
    if (this.#signalled && isSameSocketAddress(this.#signalled, remote)) return;
    this.#signalled = remote;
    this.#remote = remote;
    this.#candidate = undefined;
    this.#isLocked = false;
  }

  /**
   * Tells of a valid packet; returns whether it is to be heard. `isPeers`: who sent it has the peer's key, or at least knows
   * where the stream stands that the peer has been sending.
   */
  accept(from: SocketAddress, isPeers = false): boolean {
    if (!this.#remote) return true;
    if (isSameSocketAddress(from, this.#remote)) {
      this.#isLocked = true;
      this.#candidate = undefined;
      return true;
    }
    if (this.#isLocked && !isPeers) return false;
    const isAgain = this.#candidate !== undefined && isSameSocketAddress(from, this.#candidate);
    this.#candidateCount = isAgain ? this.#candidateCount + 1 : 1;
    this.#candidate = { address: from.address, port: from.port };
    if (this.#candidateCount >= NEEDED_PACKETS) {
      // RFC 4961 §4: media goes back to where it comes from, which opens NATs.
      this.#remote = this.#candidate;
      this.#isLocked = true;
    }
    return true;
  }
  /** Whether a datagram that proves nothing yet may be looked at: from anywhere until the peer is known. */
  mayHear(from: SocketAddress): boolean {
    return !this.#isLocked || this.#remote === undefined || isSameSocketAddress(from, this.#remote);
  }

  /** Goes where a message of a handshake came from until packets show where the peer is; fixes nothing. RFC 5764 §5.1.1 */
  follow(from: SocketAddress): void {
    if (this.#remote && !this.#isLocked) this.#remote = { address: from.address, port: from.port };
  }
}
