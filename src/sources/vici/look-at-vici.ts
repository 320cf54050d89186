import type { ViciConfig } from '../../config/config.ts';
import type {
  ListedChildSa,
  ListedIkeSa,
  LoadedConnection,
} from '../../events/security-associations.ts';
import type { TunnelEvent } from '../../events/tunnel-event.ts';
import { parseListedConnections } from '../../parsers/vici/connections.ts';
import { parseViciCounters, parseViciStats } from '../../parsers/vici/load.ts';
import { parseListedSa } from '../../parsers/vici/sas.ts';
import type { Look } from '../poller.ts';
import { openVici } from './open-vici.ts';
import type { ViciClient, ViciClientDependencies } from './vici-client.ts';

/** However often something changes, counters are not asked for more often. */
const loadEveryMs = 10_000;
const sparedMs = 600_000;

/**
 * The counters of all connections come in one message, 600 bytes each, and charon sends none that
 * is longer than 512 KiB: of more connections only the sums are asked for.
 */
const mostCounted = 400;

/**
 * Asks charon for its SAs and connections over a connection that is kept. The list waits for SAs
 * that charon is at work on: the other form, `noblock`, leaves them out as if they were gone.
 */
export class ViciLook {
  readonly #config: Pick<ViciConfig, 'sockets' | 'timeoutMs'>;
  readonly #dependencies: Pick<ViciClientDependencies, 'connect' | 'clock'>;
  #client: ViciClient | undefined;
  #nextLoadAt = Number.NEGATIVE_INFINITY;
  #hasCounters = true;

  constructor(
    config: Pick<ViciConfig, 'sockets' | 'timeoutMs'>,
    dependencies: Pick<ViciClientDependencies, 'connect' | 'clock'>,
  ) {
    this.#config = config;
    this.#dependencies = dependencies;
  }

  async look(at: number): Promise<Look> {
    const { clock } = this.#dependencies;
    const deadline = clock.monotonicMs() + this.#config.timeoutMs;
    const leftMs = (): number => Math.max(1, Math.round(deadline - clock.monotonicMs()));
    if (this.#client?.isOpen !== true) {
      const opened = await openVici(this.#config.sockets, this.#dependencies);
      if (!opened.ok) return opened;
      this.#client = opened.client;
      this.#hasCounters = true;
    }
    const client = this.#client;
    const ikeSas: ListedIkeSa[] = [];
    const childSas: ListedChildSa[] = [];
    const connections: LoadedConnection[] = [];
    const sas = await client.stream('list-sas', 'list-sa', {}, leftMs(), (message) => {
      const listed = parseListedSa(message);
      ikeSas.push(...listed.ikeSas);
      childSas.push(...listed.childSas);
    });
    if (!sas.ok) return sas;
    const loaded = await client.stream('list-conns', 'list-conn', {}, leftMs(), (message) => {
      connections.push(...parseListedConnections(message));
    });
    if (!loaded.ok) return loaded;
    const text = `list-sas: ${ikeSas.length} IKE_SAs, ${childSas.length} CHILD_SAs`;
    const evidence = { source: 'vici', at, text };
    return {
      ok: true,
      events: [
        { kind: 'sa-list', source: 'vici', at, ikeSas, childSas, connections, evidence },
        ...(await this.#load(client, at, connections.length, leftMs)),
      ],
    };
  }

  /** What there is to know beside: none of it is worth a look that fails. */
  async #load(
    client: ViciClient,
    at: number,
    connections: number,
    leftMs: () => number,
  ): Promise<readonly TunnelEvent[]> {
    const now = this.#dependencies.clock.monotonicMs();
    if (now < this.#nextLoadAt) return [];
    const stats = await client.request('stats', {}, leftMs());
    const counters = this.#hasCounters
      ? await client.request(
          'get-counters',
          connections <= mostCounted ? { all: 'yes' } : {},
          leftMs(),
        )
      : undefined;
    // charon may have no plugin that counts; a charon that does not answer is spared the question.
    this.#hasCounters = counters?.ok === true;
    this.#nextLoadAt = now + (client.isOpen ? loadEveryMs : sparedMs);
    const load = stats.ok ? parseViciStats(stats.message) : undefined;
    const counts = counters?.ok === true ? parseViciCounters(counters.message) : new Map();
    return [{ kind: 'charon-load', at, load, counts }];
  }

  close(): void {
    this.#client?.close();
  }
}
