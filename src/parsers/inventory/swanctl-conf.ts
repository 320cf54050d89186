import type { InventoryTunnel } from '../../events/inventory.ts';
import { ConfProblems } from './conf-problems.ts';
import type { ConfGrammar, ConfReader } from './conf-statement.ts';
import { SwanctlSections } from './swanctl-conf-sections.ts';
import { swanctlConfStatements } from './swanctl-conf-statements.ts';
import { swanctlConfTunnel } from './swanctl-conf-tunnel.ts';
import { SwanctlView } from './swanctl-conf-view.ts';

/** `swanctl.conf`, as swanctl and the vici plugin of strongSwan 5.9 read it. */
export const swanctlConf: ConfGrammar = {
  statements: swanctlConfStatements,
  createReader: createSwanctlConfReader,
};

const known = new Set(
  `version local_addrs remote_addrs local_port remote_port proposals vips aggressive pull dscp encap
  mobike dpd_delay dpd_timeout fragmentation childless send_certreq send_cert ppk_id ppk_required
  keyingtries unique reauth_time rekey_time over_time rand_time pools if_id_in if_id_out mediation
  mediated_by mediation_peer`.split(/\s+/),
);

function createSwanctlConfReader(): ConfReader {
  const problems = new ConfProblems();
  const sections = new SwanctlSections(problems);

  function* tunnels(): Generator<InventoryTunnel> {
    sections.end();
    const connections = SwanctlView.of(sections.root, problems).section('connections');
    for (const name of connections.names) {
      const connection = connections.section(name);
      for (const key of connection.keys)
        if (!known.has(key)) problems.countUnused(`connection/${key}`);
      const { own } = connection;
      const tunnel = own && swanctlConfTunnel(name, connection, own, problems);
      if (tunnel !== undefined) yield tunnel;
    }
  }

  return {
    take(statement, file) {
      if (statement.kind === 'problem')
        problems.add({ file, line: statement.line }, statement.message);
      else sections.take(statement, file);
    },
    complain: (place, message) => problems.add(place, message),
    tunnels,
    problems: () => problems.sentences,
    unused: () => problems.unused,
  };
}
