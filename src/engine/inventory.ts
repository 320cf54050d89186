import type { Config, TunnelConfig } from '../config/config.ts';
import type { LoadedConnection } from '../events/security-associations.ts';
import { TunnelNames } from './tunnel-names.ts';
import type { TunnelSpec, TunnelState } from './tunnel-state.ts';

/** A tunnel that the operator has configured, filled in with what inventory files say. */
export interface KnownTunnel extends TunnelConfig {
  readonly localId?: string | undefined;
  readonly remoteId?: string | undefined;
  readonly version?: 1 | 2 | undefined;
  /** Names of CHILD_SAs as a file implies them: they count until charon has loaded the tunnel. */
  readonly expected?: readonly string[];
}

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
  config: Pick<Config, 'groups' | 'discover'> & { readonly tunnels: readonly KnownTunnel[] },
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

/** A tunnel, or a connection of charon, that nothing names any more is forgotten after this long. */
export const forgetMs = 600_000;

/**
 * Keeps tunnels that are gone from the inventory for a while, switched off: a file may only be on
 * its way, and whoever reads metrics gets to see the end. One whose name another tunnel has taken
 * is gone at once, and so is one that charon alone knew of: that has had its time.
 */
export function withRemoved(
  { specs, names, sharers }: Inventory,
  tunnels: ReadonlyMap<string, TunnelState>,
  at: number,
): Inventory {
  const kept = new Map(specs);
  for (const [name, { spec: known }] of tunnels) {
    const removedAt = known.removedAt ?? at;
    const isOver = known.discovered === true || at - removedAt >= forgetMs;
    if (isOver || names.find(name) !== undefined) continue;
    kept.set(name, { ...known, enabled: false, group: undefined, removedAt });
  }
  for (const name of kept.keys()) names.add(name, []);
  return { specs: kept, names, sharers };
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
  tunnel: KnownTunnel | undefined,
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
    localId: tunnel?.localId ?? connection?.localId,
    remoteId: tunnel?.remoteId ?? connection?.remoteId,
    version: tunnel?.version ?? connection?.version,
    profile: tunnel?.profile,
    children: expectedChildren(tunnel, children),
    ...(tunnel === undefined ? { discovered: true } : {}),
  };
}

function expectedChildren(
  tunnel: KnownTunnel | undefined,
  loaded: readonly string[],
): readonly string[] {
  if (tunnel !== undefined && tunnel.children.length > 0) return tunnel.children;
  return loaded.length > 0 ? loaded : (tunnel?.expected ?? []);
}

/** The one address or name that is configured; undefined for `%any`, lists and ranges. */
function fixedAddress(hosts: readonly string[] | undefined): string | undefined {
  const [host, ...others] = hosts ?? [];
  if (host === undefined || others.length > 0 || /[%/]|^0\.0\.0\.0|^::$/.test(host))
    return undefined;
  return host;
}
