import type { Engine } from '../engine/engine.ts';
import type { TunnelSpec } from '../engine/tunnel-state.ts';
import type { InventoryFile, InventoryTunnel } from '../events/inventory.ts';
import type { LoadedConnection } from '../events/security-associations.ts';
import type { Audited } from './audit.ts';

/** What is known of the inventory: files first, and for the rest what charon has loaded. */
export function auditedOf(
  { tunnels, config, host }: Pick<Engine, 'tunnels' | 'config' | 'host'>,
  files: readonly InventoryFile[],
): Audited {
  const described = new Map(
    files.flatMap((file) => file.tunnels).map((tunnel) => [tunnel.name.toLowerCase(), tunnel]),
  );
  const loaded = loadedByTunnel(host.loaded);
  return {
    tunnels: [...tunnels.values()].flatMap(({ spec }) => {
      if (spec.removedAt !== undefined) return [];
      const known = described.get(spec.name.toLowerCase());
      return known ?? learned(spec, loaded(spec));
    }),
    groups: config.groups,
    interfaces: [...host.links.values()],
  };
}

/** Finds the connections that hold a tunnel's children. */
function loadedByTunnel(
  connections: readonly LoadedConnection[],
): (spec: TunnelSpec) => readonly LoadedConnection[] {
  const holders = new Map<string, LoadedConnection>();
  for (const connection of connections)
    for (const { name } of [connection, ...connection.children])
      holders.set(name.toLowerCase(), connection);
  return ({ name, children }) => [
    ...new Set([name, ...children].flatMap((one) => holders.get(one.toLowerCase()) ?? [])),
  ];
}

function learned(spec: TunnelSpec, connections: readonly LoadedConnection[]): InventoryTunnel {
  const { name, enabled, role, local, remote, localId, remoteId, version, profile, children } =
    spec;
  const own = new Set([name, ...children].map((one) => one.toLowerCase()));
  return {
    name,
    enabled,
    role,
    local,
    remote,
    localId,
    remoteId,
    version,
    profile,
    children,
    origin: 'charon',
    interface: spec.interface,
    connections: connections.map((connection) => connection.name),
    selectors: connections
      .flatMap((connection) => connection.children)
      .filter((child) => own.has(child.name.toLowerCase()))
      .map(({ localTs, remoteTs }) => ({ local: localTs, remote: remoteTs })),
    ikeLifeSeconds: undefined,
    childLifeSeconds: undefined,
    marginSeconds: undefined,
    marginFuzzPercent: undefined,
    dpdDelaySeconds: connections[0]?.dpdDelaySeconds,
    dpdTimeoutSeconds: undefined,
    idleSeconds: undefined,
    algorithms: [],
  };
}
