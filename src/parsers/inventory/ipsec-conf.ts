import type { InventoryTunnel } from '../../events/inventory.ts';
import { ConfProblems } from './conf-problems.ts';
import type { ConfGrammar, ConfOptions, ConfReader } from './conf-statement.ts';
import { ConnSections } from './ipsec-conf-sections.ts';
import { ipsecConfStatements } from './ipsec-conf-statements.ts';
import { ipsecConfTunnel, isKnownKey } from './ipsec-conf-tunnel.ts';

/** `ipsec.conf`, as starter and the stroke plugin of strongSwan 5.9 read it. */
export const ipsecConf: ConfGrammar = {
  statements: ipsecConfStatements,
  createReader: createIpsecConfReader,
};

function createIpsecConfReader({ ownAddresses }: ConfOptions): ConfReader {
  const problems = new ConfProblems();
  const sections = new ConnSections(problems);

  function* described(): Generator<InventoryTunnel> {
    const bases = sections.bases();
    for (const section of sections.connections) {
      const chain = sections.chainOf(section);
      if (chain === undefined) continue;
      for (const key of section.values.keys())
        if (!isKnownKey(key)) problems.countUnused(`conn/${key}`);
      const isBase = bases.has(section.name);
      const tunnel = ipsecConfTunnel(chain, { isBase, ownAddresses, problems });
      if (tunnel !== undefined) yield tunnel;
    }
  }

  return {
    take(statement, file) {
      const { kind, line } = statement;
      if (kind === 'problem') problems.add({ file, line }, statement.message);
      if (kind === 'section' || kind === 'setting') sections.take(statement, file);
    },
    complain: (place, message) => problems.add(place, message),
    tunnels: described,
    problems: () => problems.sentences,
    unused: () => problems.unused,
  };
}
