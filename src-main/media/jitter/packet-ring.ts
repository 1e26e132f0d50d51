// The places in which packets wait for their turn, by sequence number, and which numbers had theirs.

export interface BufferedPacket {
  readonly sequence: number;
  readonly timestamp: number;
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

/** Payload type that marks the place of a packet without sound. */
export const SKIPPED = -1;
/** Places; a power of two, more than any depth needs. */
const SLOTS = 256;

/** Holds at most 256 packets, whatever comes. */
export class PacketRing {
  /** Packets that wait. */
  count = 0;
  readonly #slots: (BufferedPacket | undefined)[] = new Array<BufferedPacket | undefined>(SLOTS).fill(undefined);
  readonly #taken = new Int32Array(SLOTS).fill(-1);

  at(sequence: number): BufferedPacket | undefined {
    return this.#slots[sequence & (SLOTS - 1)];
  }

  /** The one that comes first in turn, from `sequence` on. */
  firstFrom(sequence: number): BufferedPacket | undefined {
    let packet: BufferedPacket | undefined;
    for (let i = 0; !packet && i < SLOTS; i++) packet = this.at(sequence + i);
    return packet;
  }

  put(packet: BufferedPacket): void {
    this.#slots[packet.sequence & (SLOTS - 1)] = packet;
    this.count++;
  }

  /** Takes the packet out and remembers its number. */
  remove(packet: BufferedPacket): void {
    const slot = packet.sequence & (SLOTS - 1);
    this.#slots[slot] = undefined;
    this.#taken[slot] = packet.sequence;
    this.count--;
  }

  /** Whether a packet of this number waits or was taken out: then another one is a duplicate. */
  hasSeen(sequence: number): boolean {
    return this.at(sequence)?.sequence === sequence || this.#taken[sequence & (SLOTS - 1)] === sequence;
  }

  clear(): void {
    this.#slots.fill(undefined);
    this.#taken.fill(-1);
    this.count = 0;
  }
}
