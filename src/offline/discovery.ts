import type { TunnelConfig } from '../config/config.ts';
import type { LogEvent } from '../events/log-event.ts';
import type { LoadedConnection } from '../events/security-associations.ts';

/** A tunnel that was found, with the names of its connections and children beside its own. */
interface Discovered {
  readonly name: string;
  readonly aliases: Set<string>;
}

/** A hostile log may invent names without end. */
const mostTunnels = 2_000;

/**
 * Finds the tunnels where no inventory tells them: by the names of the connections that charon had
 * loaded or speaks of. SFOS calls the subnet pairs of its connection `X` `X-1` … `X-N`; they are
 * one tunnel `X` where an IKE_SA or a connection proves that they belong together, and not by
 * their names alone: `Branch-1` and `Branch-2` may well be two sites.
 */
export class Discovery {
  readonly #tunnels: Discovered[] = [];
  readonly #byName = new Map<string, Discovered>();
  #last = '';

  get tunnels(): readonly TunnelConfig[] {
    return this.#tunnels.map(({ name, aliases }) => ({
      name,
      enabled: true,
      role: undefined,
      interface: undefined,
      connections: [...aliases],
      children: [],
      local: undefined,
      remote: undefined,
      profile: undefined,
    }));
  }

  /** What a tunnel is called in the end: `X`, where it proved to be more than `X-1`. */
  nameOf(tunnel: string): string {
    const found = this.#byName.get(tunnel.toLowerCase());
    const stem = stemOf(tunnel);
    if (found === undefined || stem === undefined || found.aliases.size === 0) return tunnel;
    return this.#byName.has(stem.toLowerCase()) ? tunnel : stem;
  }

  /** Learns from a listing; its connections come before any line of a log. */
  load(connections: readonly LoadedConnection[]): void {
    for (const { name, children } of connections) {
      this.#see(name);
      for (const child of children) this.#pair(name, child.name);
    }
  }

  /** Learns from a line; returns whether there is something new to know. */
  see(event: LogEvent): boolean {
    switch (event.kind) {
      case 'ike-established':
      case 'ike-initiating':
        return this.#see(event.name);
      case 'child-established': {
        const { connection, name } = event;
        if (connection === undefined) return false;
        const isNew = this.#see(connection);
        return this.#pair(connection, name) || isNew;
      }
      default:
        return event.connection === undefined ? false : this.#see(event.connection);
    }
  }

  #see(name: string): boolean {
    // Lines that follow one another mostly are of one connection.
    if (name === this.#last) return false;
    this.#last = name;
    const key = name.toLowerCase();
    if (this.#byName.has(key) || this.#tunnels.length >= mostTunnels) return false;
    const tunnel = { name, aliases: new Set<string>() };
    this.#tunnels.push(tunnel);
    this.#byName.set(key, tunnel);
    return true;
  }

  /** A child of the same stem on the connection's IKE_SA is the same tunnel. */
  #pair(connection: string, child: string): boolean {
    const key = child.toLowerCase();
    const stem = stemOf(connection)?.toLowerCase();
    const tunnel = this.#byName.get(connection.toLowerCase());
    if (tunnel === undefined || stem === undefined || this.#byName.has(key)) return false;
    if (stem !== stemOf(child)?.toLowerCase()) return false;
    tunnel.aliases.add(child);
    this.#byName.set(key, tunnel);
    return true;
  }
}

function stemOf(name: string): string | undefined {
  return /^(.+)-\d{1,6}$/.exec(name)?.[1];
}
