import type { Engine } from '../engine/engine.ts';
import type { InventoryFile } from '../events/inventory.ts';
import { audit } from './audit.ts';
import { auditedOf } from './audited.ts';
import { disagreements } from './disagreements.ts';
import type { Finding } from './finding.ts';

/** Everything that is wrong with the inventory of a running engine. */
export function findingsOf(
  engine: Pick<Engine, 'tunnels' | 'config' | 'host'>,
  files: readonly InventoryFile[],
): readonly Finding[] {
  return [...audit(auditedOf(engine, files)), ...disagreements(files, engine.host.loaded)];
}

/** Findings of one engine, worked out anew only when something that they rest on has changed. */
export function createFindings(
  engine: Engine,
): (files: readonly InventoryFile[]) => readonly Finding[] {
  let basis: readonly unknown[] = [];
  let findings: readonly Finding[] = [];
  return (files) => {
    const { config, host } = engine;
    const networks = [...host.links.values()].map((link) =>
      [link.name, ...link.networks].join(' '),
    );
    const now = [files, config, host.loaded, networks.join('\n')];
    if (now.some((part, i) => part !== basis[i])) {
      basis = now;
      findings = findingsOf(engine, files);
    }
    return findings;
  };
}
