import { TunnelNames } from '../engine/tunnel-names.ts';
import type { InventoryFile } from '../events/inventory.ts';
import type { LoadedConnection } from '../events/security-associations.ts';
import type { Finding } from './finding.ts';

/** Where the files of the inventory and what charon has loaded contradict each other. */
export function disagreements(
  files: readonly InventoryFile[],
  loaded: readonly LoadedConnection[],
): readonly Finding[] {
  const described = files.flatMap((file) => file.tunnels);
  if (described.length === 0 || loaded.length === 0) return [];
  const names = new TunnelNames();
  for (const { name, connections } of described) names.add(name, connections);
  const holders = new Map<string, LoadedConnection>();
  const strangers = new Set<string>();
  for (const connection of loaded) {
    const found = [connection, ...connection.children].flatMap(
      ({ name }) => names.find(name) ?? [],
    );
    for (const name of found) holders.set(name, connection);
    if (found.length === 0) strangers.add(connection.name);
  }
  return [
    ...described.flatMap(({ name, origin, enabled, remote }): readonly Finding[] => {
      const holder = holders.get(name);
      if (holder === undefined) {
        // One that is switched off need not be loaded.
        return enabled ? [finding('not-loaded', name, `only in ${origin}`)] : [];
      }
      const [address] = holder.remote;
      const differs =
        remote !== undefined && address !== undefined && !holder.remote.includes(remote);
      const detail = `remote gateway: ${remote} in ${origin}, ${address} in charon`;
      return differs ? [finding('address-differs', name, detail)] : [];
    }),
    ...[...strangers].map((name) => finding('not-in-inventory', name, 'loaded in charon only')),
  ];
}

function finding(code: Finding['code'], subject: string, detail: string): Finding {
  return { code, severity: 'warning', subjects: [subject], detail };
}
