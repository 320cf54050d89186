import type { Match } from './matcher.ts';

/** charon has a fixed number of threads, 16 unless configured; a forged log may claim any. */
const mostThreads = 256;

/** What a thread says later than this after a packet is of something else. */
const memoryMs = 1000;

/**
 * Whose packet each thread of charon received last: charon works on a packet in the thread that
 * logs its arrival, and says nothing else of the peer in most of the lines that follow.
 */
export class PacketPeers {
  readonly #peers = new Map<number, { readonly address: string; readonly at: number }>();

  /** Takes note of a message that says that a packet has come; of no other one. */
  note(thread: number | undefined, { code, fields }: Match, at: number): void {
    const { src: address } = fields;
    if (code !== 'net.packet_received' || thread === undefined || address === undefined) return;
    if (this.#peers.size >= mostThreads && !this.#peers.has(thread)) return;
    this.#peers.set(thread, { address, at });
  }

  /** The address in the packet's source, where the thread is still at work on it. */
  of(thread: number | undefined, at: number): string | undefined {
    const peer = thread === undefined ? undefined : this.#peers.get(thread);
    return peer !== undefined && at - peer.at <= memoryMs ? peer.address : undefined;
  }
}
