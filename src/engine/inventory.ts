import type { Config, TunnelConfig } from '../config/config.ts';
import type { LoadedConnection } from '../events/security-associations.ts';
import { TunnelNames } from './tunnel-names.ts';
import type { TunnelSpec } from './tunnel-state.ts';

/** What should exist, and how its names are found again. */
export interface Inventory {
  readonly specs: ReadonlyMap<string, TunnelSpec>;
  readonly names: TunnelNames;
  /** Tunnels that live on the IKE_SAs of a connection, by its lower-case name; grows with the log. */
  readonly sharers: Map<string, Set<string>>;
}

/**
 * Joins what the operator configured with what charon has loaded. The configuration wins; a
 * loaded connection that belongs to no configured tunnel becomes one of its own if `discover`.
 */
export function buildInventory(
  config: Pick<Config, 'tunnels' | 'groups' | 'discover'>,
  loaded: readonly LoadedConnection[],
): Inventory {
  const names = new TunnelNames();
  for (const tunnel of config.tunnels) names.add(tunnel.name, tunnel.connections);
  if (config.discover) {
    for (const { name } of loaded) if (names.find(name) === undefined) names.add(name, []);
  }
  const groups = new Map(
    config.groups.flatMap(({ name, members }) => members.map((member) => [member, name])),
  );
  const found = new Map<string, { connection: LoadedConnection; children: string[] }>();
  const sharers = new Map<string, Set<string>>();
  for (const connection of loaded) {
    for (const child of connection.children) {
      const tunnel = names.findChild(child.name, connection.name);
      if (tunnel === undefined) continue;
      const entry = found.get(tunnel) ?? { connection, children: [] };
      found.set(tunnel, { ...entry, children: [...entry.children, child.name] });
      addSharer(sharers, connection.name, tunnel);
    }
  }
  const configured = new Map(config.tunnels.map((tunnel) => [tunnel.name, tunnel]));
  const specs = new Map<string, TunnelSpec>();
  for (const name of new Set([...configured.keys(), ...found.keys()])) {
    const { connection, children } = found.get(name) ?? { connection: undefined, children: [] };
    specs.set(name, spec(name, configured.get(name), groups.get(name), connection, children));
  }
  return { specs, names, sharers };
}

export function addSharer(
  sharers: Map<string, Set<string>>,
  connection: string,
  tunnel: string,
): void {
  const key = connection.toLowerCase();
  sharers.set(key, (sharers.get(key) ?? new Set()).add(tunnel));
}

function spec(
  name: string,
  tunnel: TunnelConfig | undefined,
  group: string | undefined,
  connection: LoadedConnection | undefined,
  children: readonly string[],
): TunnelSpec {
  const remote = tunnel?.remote ?? fixedAddress(connection?.remote);
  // A connection that waits for any address can only respond.
  const passive = connection !== undefined && remote === undefined;
  return {
    name,
    enabled: tunnel?.enabled ?? true,
    role: tunnel?.role ?? (passive ? 'responder' : undefined),
    group,
    interface: tunnel?.interface,
    local: tunnel?.local ?? fixedAddress(connection?.local),
    remote,
    localId: connection?.localId,
    remoteId: connection?.remoteId,
    version: connection?.version,
    profile: tunnel?.profile,
    children: tunnel !== undefined && tunnel.children.length > 0 ? tunnel.children : children,
  };
}

/** The one address or name that is configured; undefined for `%any`, lists and ranges. */
function fixedAddress(hosts: readonly string[] | undefined): string | undefined {
  const [host, ...others] = hosts ?? [];
  if (host === undefined || others.length > 0 || /[%/]|^0\.0\.0\.0|^::$/.test(host))
    return undefined;
  return host;
}
