import { parseListedConnections } from '../../src/parsers/vici/connections.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { systemFiles } from '../../src/platform/files.ts';
import { ownAddresses } from '../../src/platform/system.ts';
import { connectSocket } from '../../src/platform/unix-socket.ts';
import { loadInventory } from '../../src/sources/inventory-load.ts';
import type { InventorySource } from '../../src/sources/inventory-load.ts';
import { ViciClient } from '../../src/sources/vici/vici-client.ts';
import type { LoadedConnection } from '../../src/events/security-associations.ts';

/**
 * Run on a host of the lab, with the kind and the path of a source of the inventory. Prints what our
 * parser makes of it, and what charon has loaded.
 */

const kinds = ['ipsec-conf', 'swanctl-conf'] as const;
const [kind, path = ''] = process.argv.slice(2);
const source: InventorySource = {
  kind: kinds.find((one) => one === kind) ?? 'entities',
  path,
};
const { file } = await loadInventory(source, {
  clock: systemClock,
  files: systemFiles,
  ownAddresses,
});
const client = new ViciClient('/run/charon.vici', { connect: connectSocket, clock: systemClock });
await client.opened;
const loaded: LoadedConnection[] = [];
await client.stream('list-conns', 'list-conn', {}, 20_000, (message) => {
  loaded.push(...parseListedConnections(message));
});
client.close();
process.stdout.write(JSON.stringify({ file, loaded }));
