import type { InventoryFile } from '../events/inventory.ts';
import type { ConfGrammar } from '../parsers/inventory/conf-statement.ts';
import { createEntitiesReader } from '../parsers/inventory/entities.ts';
import { ipsecConf } from '../parsers/inventory/ipsec-conf.ts';
import { swanctlConf } from '../parsers/inventory/swanctl-conf.ts';
import type { Files } from '../platform/files.ts';
import { loadConnectionFiles } from './connection-files.ts';
import type { ConnectionFileDependencies } from './connection-files.ts';
import { Sightings } from './sightings.ts';

/** Something that says what should exist. */
export interface InventorySource {
  readonly kind: 'entities' | 'ipsec-conf' | 'swanctl-conf';
  /** A path; of connection files also a pattern. */
  readonly path: string;
}

/** The sources in the order of their precedence. */
export function inventorySources(paths: {
  readonly entities: readonly string[];
  readonly ipsecConf: readonly string[];
  readonly swanctlConf: readonly string[];
}): readonly InventorySource[] {
  return [
    ...paths.entities.map((path) => ({ kind: 'entities', path }) as const),
    ...paths.ipsecConf.map((path) => ({ kind: 'ipsec-conf', path }) as const),
    ...paths.swanctlConf.map((path) => ({ kind: 'swanctl-conf', path }) as const),
  ];
}

export interface InventoryDependencies extends ConnectionFileDependencies {
  readonly files: Pick<Files, 'open' | 'readText' | 'status' | 'list'>;
}

export interface InventoryReading {
  /** Undefined where nothing could be read: `detail` says why. */
  readonly file: InventoryFile | undefined;
  readonly detail: string;
  readonly sightings: Sightings;
}

/** So much of an export is parsed between two turns of the event loop: some 5 ms. */
const sliceLength = 65_536;

const grammars: Readonly<Record<string, ConfGrammar>> = {
  'ipsec-conf': ipsecConf,
  'swanctl-conf': swanctlConf,
};

/** Reads one source, without keeping the event loop; each problem names its file. */
export async function loadInventory(
  { kind, path }: InventorySource,
  dependencies: InventoryDependencies,
): Promise<InventoryReading> {
  const sightings = new Sightings();
  const grammar = grammars[kind];
  if (grammar !== undefined)
    return { ...(await loadConnectionFiles(path, grammar, sightings, dependencies)), sightings };
  const { files, clock } = dependencies;
  sightings.see(path, files);
  const read = files.readText(path);
  if (!read.ok) return { file: undefined, detail: read.detail, sightings };
  const reader = createEntitiesReader(path);
  for (let from = 0; from < read.text.length; from += sliceLength) {
    reader.push(read.text.slice(from, from + sliceLength));
    await clock.breathe();
  }
  for (; ; await clock.breathe()) {
    const file = reader.step();
    if (file !== undefined) return { file, detail: '', sightings };
  }
}
