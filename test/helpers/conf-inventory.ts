import type { InventoryTunnel } from '../../src/events/inventory.ts';
import type { ConfGrammar } from '../../src/parsers/inventory/conf-statement.ts';
import { SubnetPairs } from '../../src/parsers/inventory/subnet-pairs.ts';

/** What one text says, without the includes of it. */
export function parseConf(
  grammar: ConfGrammar,
  text: string,
  { file = 'test.conf', own = [] as readonly string[] } = {},
) {
  const reader = grammar.createReader({ ownAddresses: new Set(own) });
  const includes: string[] = [];
  for (const statement of grammar.statements(text)) {
    if (statement.kind === 'include') includes.push(statement.pattern);
    else reader.take(statement, file);
  }
  const pairs = new SubnetPairs();
  for (const tunnel of reader.tunnels()) pairs.add(tunnel);
  const tunnels: readonly InventoryTunnel[] = [...pairs.joined()];
  return { tunnels, includes, problems: reader.problems(), unused: reader.unused() };
}
