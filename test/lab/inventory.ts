import { join } from 'node:path';
import type { InventoryFile } from '../../src/events/inventory.ts';
import type { LoadedConnection } from '../../src/events/security-associations.ts';
import type { InventorySource } from '../../src/sources/inventory-load.ts';
import type { Host } from './host.ts';
import { guestNode } from './machine.ts';

const checkout = join(import.meta.dirname, '../..');

export interface Probed {
  readonly file: InventoryFile;
  /** What charon has loaded. */
  readonly loaded: readonly LoadedConnection[];
}

/** Reads a file on a host with the program's own parser, and asks charon what it has loaded. */
export async function probe(host: Host, { kind, path }: InventorySource): Promise<Probed> {
  const argv = [guestNode, 'test/lab/inventory-probe.ts', kind, path];
  const { stdout } = await host.run(argv, { cwd: checkout });
  const probed: Probed = JSON.parse(stdout);
  return probed;
}
