import type { Config } from '../config/config.ts';
import type { InventoryFile } from '../events/inventory.ts';
import { Access } from '../outputs/access.ts';
import { Certificate } from '../outputs/certificate.ts';
import { systemClock } from '../platform/clock.ts';
import { systemFiles } from '../platform/files.ts';
import { createLogger } from '../platform/logger.ts';
import { print } from '../platform/system.ts';
import type { InventoryReading } from '../sources/inventory-load.ts';

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

const mostNames = 20;

/** Elements and keys that this release knows nothing of, the most frequent first. */
function sayUnused({ unused }: InventoryFile): void {
  const names = Object.entries(unused).toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (names.length === 0) return;
  const shown = names.slice(0, mostNames).map(([name, times]) => `${name} (${times})`);
  const more = names.length > mostNames ? [`${names.length - mostNames} more`] : [];
  print(`Not known here, and left out: ${[...shown, ...more].join(', ')}`);
}

/**
 * The configuration has the right form: tries the files that it names for tokens and TLS, and says
 * what it amounts to. What is wrong with the inventory is said, and does no harm.
 * @throws ConfigError when those cannot be used.
 */
export function check(config: Config, inventory: readonly InventoryReading[]): void {
  const logger = createLogger({ level: 'warn', readable: true });
  const dependencies = { clock: systemClock, files: systemFiles, logger };
  const { tunnels, groups, logs, http, discover } = config;
  const access = new Access(http, dependencies);
  const certificate = http.tls && new Certificate(http.tls, dependencies);
  const more = discover ? ' and whatever charon has loaded' : '';
  const imported = inventory.reduce((sum, { file }) => sum + (file?.tunnels.length ?? 0), 0);
  const files =
    inventory.length === 0 ? '' : `, ${imported} in ${count(inventory.length, 'inventory source')}`;
  const host = http.host.includes(':') ? `[${http.host}]` : http.host;
  const scheme = certificate === undefined ? 'http' : 'https';
  for (const { file, detail } of inventory) {
    if (file === undefined) print(`Not read: ${detail}`);
    for (const problem of file?.problems ?? []) print(`Not taken over: ${problem}`);
    if (file !== undefined) sayUnused(file);
  }
  print(
    `The configuration is good: ${count(tunnels.length, 'tunnel')}${files}${more}, ` +
      `${count(groups.length, 'failover group')}, ${count(logs.files.length, 'log file')}; ` +
      `serves ${scheme}://${host}:${http.port}, ${access.isProtected ? 'with' : 'without'} credentials`,
  );
}
