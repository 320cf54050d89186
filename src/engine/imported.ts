import type { GroupConfig } from '../config/config.ts';
import type { InventoryFile, InventoryTunnel } from '../events/inventory.ts';
import type { EngineConfig } from './engine.ts';
import type { KnownTunnel } from './inventory.ts';

/**
 * Fills the operator's configuration in with what inventory files say. The configuration wins,
 * key by key; of two files that name one tunnel the first does.
 */
export function withImported(config: EngineConfig, files: readonly InventoryFile[]): EngineConfig {
  const tunnels = new Map<string, KnownTunnel>();
  for (const tunnel of config.tunnels) tunnels.set(folded(tunnel.name), tunnel);
  for (const tunnel of files.flatMap((file) => file.tunnels)) {
    const key = keyOf(tunnel, tunnels);
    tunnels.set(key, filledIn(tunnels.get(key), tunnel));
  }
  const groups = new Map(config.groups.map((group) => [folded(group.name), group]));
  const taken = new Set(config.groups.flatMap(({ members }) => members.map(folded)));
  for (const { name, members } of files.flatMap((file) => file.groups)) {
    const known = members.flatMap((member) => tunnels.get(folded(member))?.name ?? []);
    // What is wrong with a group is a finding of the audit; here it must only do no harm.
    const free = known.filter((member) => !taken.has(folded(member)));
    if (groups.has(folded(name)) || free.length < 2) continue;
    for (const member of free) taken.add(folded(member));
    const group: GroupConfig = { name, enabled: true, members: free };
    groups.set(folded(name), group);
  }
  return { ...config, tunnels: [...tunnels.values()], groups: [...groups.values()] };
}

const folded = (name: string): string => name.toLowerCase();

/** A connection of strongSwan that is `X-1` belongs to the tunnel `X`, where that is known. */
function keyOf({ name, children }: InventoryTunnel, tunnels: ReadonlyMap<string, unknown>): string {
  const own = folded(name);
  const stem = own.replace(/-\d{1,6}$/, '');
  const isPair = children.includes(name) && !tunnels.has(own) && tunnels.has(stem);
  return isPair ? stem : own;
}

function filledIn(known: KnownTunnel | undefined, file: InventoryTunnel): KnownTunnel {
  const connections = known?.connections ?? [];
  return {
    name: known?.name ?? file.name,
    enabled: known?.enabled ?? file.enabled,
    role: known?.role ?? file.role,
    interface: known?.interface ?? file.interface,
    connections: connections.length > 0 ? connections : file.connections,
    children: known?.children ?? [],
    local: known?.local ?? file.local,
    remote: known?.remote ?? file.remote,
    profile: known?.profile ?? file.profile,
    localId: known?.localId ?? file.localId,
    remoteId: known?.remoteId ?? file.remoteId,
    version: known?.version ?? file.version,
    expected: known?.expected ?? file.children,
  };
}
