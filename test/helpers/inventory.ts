import type { InventoryFile, InventoryTunnel } from '../../src/events/inventory.ts';

/** A tunnel of an inventory file that says nothing but its name. */
export function inventoryTunnel(
  name: string,
  more: Partial<InventoryTunnel> = {},
): InventoryTunnel {
  return {
    name,
    origin: 'Entities.xml',
    enabled: true,
    role: undefined,
    interface: undefined,
    local: undefined,
    remote: undefined,
    localId: undefined,
    remoteId: undefined,
    version: undefined,
    profile: undefined,
    connections: [],
    children: [],
    selectors: [],
    ikeLifeSeconds: undefined,
    childLifeSeconds: undefined,
    marginSeconds: undefined,
    marginFuzzPercent: undefined,
    dpdDelaySeconds: undefined,
    dpdTimeoutSeconds: undefined,
    idleSeconds: undefined,
    algorithms: [],
    ...more,
  };
}

export function inventoryFile(more: Partial<InventoryFile>): InventoryFile {
  return { tunnels: [], groups: [], problems: [], unused: {}, ...more };
}
