import type { InventoryFile } from '../events/inventory.ts';
import { createEntitiesReader } from '../parsers/inventory/entities.ts';
import { systemFiles } from '../platform/files.ts';
import { UsageError } from './usage.ts';

/**
 * SFOS exports that the command line names.
 * @throws UsageError for one that cannot be read, or that holds nothing of an export.
 */
export function readEntities(command: string, paths: readonly string[]): readonly InventoryFile[] {
  return paths.map((path) => {
    const read = systemFiles.readText(path);
    if (!read.ok) throw new UsageError(`${command}: ${read.detail}`);
    const reader = createEntitiesReader(path);
    reader.push(read.text);
    const file = reader.end();
    if (file.tunnels.length > 0) return file;
    const [problem = 'there is no VPNIPSecConnection in it'] = file.problems;
    throw new UsageError(`${command}: ${path} is no export with IPsec connections: ${problem}`);
  });
}
