import type { ViciConfig } from '../../config/config.ts';
import type {
  ListedChildSa,
  ListedIkeSa,
  LoadedConnection,
} from '../../events/security-associations.ts';
import { parseListedConnections } from '../../parsers/vici/connections.ts';
import { parseListedSa } from '../../parsers/vici/sas.ts';
import type { Look } from '../poller.ts';
import { openVici } from './open-vici.ts';
import type { ViciClient, ViciClientDependencies } from './vici-client.ts';

/**
 * Asks charon for its SAs and connections over a connection that is kept. The list waits for SAs
 * that charon is at work on: the other form, `noblock`, leaves them out as if they were gone.
 */
export class ViciLook {
  readonly #config: Pick<ViciConfig, 'sockets' | 'timeoutMs'>;
  readonly #dependencies: Pick<ViciClientDependencies, 'connect' | 'clock'>;
  #client: ViciClient | undefined;

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
      events: [{ kind: 'sa-list', source: 'vici', at, ikeSas, childSas, connections, evidence }],
    };
  }

  close(): void {
    this.#client?.close();
  }
}
