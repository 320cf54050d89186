import type { Config } from '../config/config.ts';
import type { InventoryFile } from '../events/inventory.ts';
import { systemClock } from '../platform/clock.ts';
import { InputError } from '../offline/bytes.ts';
import { readExportArchive } from '../offline/export-archive.ts';
import { systemFiles } from '../platform/files.ts';
import { gunzip } from '../platform/gunzip.ts';
import { ownAddresses } from '../platform/system.ts';
import { inventorySources, loadInventory } from '../sources/inventory-load.ts';
import type { InventoryReading, InventorySource } from '../sources/inventory-load.ts';
import { UsageError } from './usage.ts';

/** The flags that name files of the inventory. */
export interface InventoryFlags {
  readonly entities?: readonly string[];
  readonly 'ipsec-conf'?: readonly string[];
  readonly 'swanctl-conf'?: readonly string[];
}

const nothing: Readonly<Record<InventorySource['kind'], string>> = {
  entities: 'is no export with IPsec connections: there is no VPNIPSecConnection in it',
  'ipsec-conf': 'has no connections: there is no conn section in it',
  'swanctl-conf': 'has no connections: there is nothing in a section connections',
};

/**
 * The inventory that the command line names.
 * @throws UsageError for a file that cannot be read, or that holds no connections.
 */
export async function readInventory(
  command: string,
  flags: InventoryFlags,
): Promise<readonly InventoryFile[]> {
  const sources = inventorySources({
    entities: flags.entities ?? [],
    ipsecConf: flags['ipsec-conf'] ?? [],
    swanctlConf: flags['swanctl-conf'] ?? [],
  });
  const files: InventoryFile[] = [];
  for (const source of sources) {
    const { file, detail } = (await archived(command, source)) ?? (await load(source));
    if (file === undefined) throw new UsageError(`${command}: ${detail}`);
    const [problem] = file.problems;
    const { kind, path } = source;
    if (file.tunnels.length === 0) {
      const [what = ''] = nothing[kind].split(': ');
      const sentence = problem === undefined ? nothing[kind] : `${what}: ${problem}`;
      throw new UsageError(`${command}: ${path} ${sentence}`);
    }
    files.push(file);
  }
  return files;
}

/** What an export says that is still in its archive; undefined for anything else. */
async function archived(
  command: string,
  { kind, path }: InventorySource,
): Promise<Pick<InventoryReading, 'file' | 'detail'> | undefined> {
  if (kind !== 'entities') return undefined;
  try {
    const file = await readExportArchive(path, { files: systemFiles, gunzip });
    return file && { file, detail: '' };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new UsageError(`${command}: ${path} ${error.message.replace(`${path} `, '')}`);
  }
}

/** What each source says that the configuration names. */
export async function configuredInventory({
  inventory,
}: Config): Promise<readonly InventoryReading[]> {
  const readings: InventoryReading[] = [];
  for (const source of inventorySources(inventory)) readings.push(await load(source));
  return readings;
}

async function load(source: InventorySource): Promise<InventoryReading> {
  return loadInventory(source, { clock: systemClock, files: systemFiles, ownAddresses });
}
