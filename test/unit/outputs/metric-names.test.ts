import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { groupStates, tunnelStates } from '../../../src/events/change.ts';
import { allFamilies } from '../../../src/outputs/metrics.ts';
import { docTables, readDoc } from '../../helpers/doc-table.ts';
import { exposedSeries, parseExposition } from '../../helpers/exposition.ts';
import { projectRoot } from '../../helpers/installed-tool.ts';
import { everyStateHttp } from '../../helpers/seeded-http.ts';

/**
 * The names that people's alerts and dashboards rest on, with their labels.
 * `ipsec_audit_findings{code}` comes with the audit. Changing a line here breaks somebody's alert.
 */
const promised = `
ipsec_tunnel_up{tunnel}
ipsec_tunnel_state{tunnel,state}
ipsec_tunnel_info{tunnel,local_address,remote_address,local_id,remote_id,ike_version,role,group,interface,profile}
ipsec_tunnel_transitions_total{tunnel,to}
ipsec_tunnel_last_transition_timestamp_seconds{tunnel}
ipsec_tunnel_children{tunnel,state}
ipsec_tunnel_bytes_total{tunnel,direction}
ipsec_tunnel_packets_total{tunnel,direction}
ipsec_tunnel_rekeys_total{tunnel,sa}
ipsec_tunnel_retransmits_total{tunnel}
ipsec_tunnel_dpd_timeouts_total{tunnel}
ipsec_tunnel_negotiation_failures_total{tunnel,phase,reason}
ipsec_tunnel_established_timestamp_seconds{tunnel}
ipsec_tunnel_diagnosis{tunnel,code}
ipsec_tunnel_flapping{tunnel}
ipsec_failover_group_state{group,state}
ipsec_failover_group_active_member{group,tunnel}
ipsec_failover_group_failovers_total{group,reason}
ipsec_failover_group_failbacks_total{group}
ipsec_failover_group_outage_seconds{group}
ipsec_interface_up{interface}
ipsec_interface_transitions_total{interface,to}
ipsec_gateway_up{gateway}
ipsec_daemon_up{}
ipsec_xfrm_errors_total{error}
ipsec_unattributed_events_total{event}
tunnelwarden_dropped_total{what}
ipsec_audit_findings{code}
tunnelwarden_build_info{version}
tunnelwarden_source_up{source}
tunnelwarden_source_last_success_timestamp_seconds{source}
tunnelwarden_source_duration_seconds{source}
tunnelwarden_log_lines_total{file,result}
tunnelwarden_log_lag_bytes{file}
tunnelwarden_log_rotations_total{file}
tunnelwarden_log_lost_bytes_total{file}`;

/** What there is beside the promises: added freely, and then kept as well. */
const more = `
ipsec_tunnel_reauthentications_total{tunnel}
ipsec_ha_active{}
ipsec_tunnel_ike_messages_total{tunnel,exchange,type,direction}
ipsec_tunnel_invalid_messages_total{tunnel,reason}
ipsec_daemon_workers{state}
ipsec_daemon_queued_jobs{priority}
ipsec_daemon_ike_sas{state}
ipsec_daemon_invalid_messages_total{reason}
tunnelwarden_source_serving{source}
tunnelwarden_source_runs_total{source}
tunnelwarden_source_failures_total{source}
tunnelwarden_source_skipped_total{source}
tunnelwarden_log_up{file}
tunnelwarden_log_cut_bytes_total{file}
tunnelwarden_store_up{}
tunnelwarden_store_size_bytes{}
tunnelwarden_store_commits_total{}
tunnelwarden_store_commit_failures_total{}
tunnelwarden_store_pending_changes{}
tunnelwarden_store_dropped_changes_total{}
tunnelwarden_config_last_reload_successful{}
tunnelwarden_config_last_reload_success_timestamp_seconds{}
tunnelwarden_event_stream_clients{}
tunnelwarden_event_stream_refused_clients_total{}
tunnelwarden_event_stream_cut_clients_total{}
tunnelwarden_http_refused_requests_total{reason}`;

const families = allFamilies('1.2.3');

test('names and labels are those that were promised', () => {
  const actual = families.map(({ name, labels }) => `${name}{${labels.join(',')}}`);
  assert.deepEqual(actual.toSorted(), `${promised}${more}`.trim().split('\n').toSorted());
});

test('no label can hold what a peer chooses, or what changes with every SA', () => {
  const forbidden = /spi|port|unique|child_id|ike_id|user|peer|remote_identity/;
  for (const { name, labels } of families) {
    for (const label of labels) assert.doesNotMatch(label, forbidden, name);
  }
});

test('units, totals and facts show in the names', () => {
  for (const { name, type } of families) {
    assert.match(name, /^(?:ipsec|tunnelwarden)_[a-z_0-9]+$/);
    assert.equal(name.endsWith('_total'), type === 'counter', name);
    assert.doesNotMatch(name, /_(?:ms|milliseconds|minutes|kilobytes|percent)\b/);
  }
});

test('what is exposed has the labels that are declared', async (t) => {
  const { get } = everyStateHttp(t);
  const seen = new Map<string, readonly string[]>();
  for (const { samples } of parseExposition((await get('/metrics')).body)) {
    for (const { name, labels } of samples) {
      if (!exposedSeries.has(name)) continue;
      assert.deepEqual([...labels.keys()], exposedSeries.get(name), name);
      seen.set(name, [...labels.keys()]);
    }
  }
  assert.deepEqual(
    [...exposedSeries.keys()].filter((name) => !seen.has(name)),
    [],
    'a metric that the seeded daemon does not show is not tested',
  );
});

test('each tunnel and each group is in exactly one state', async (t) => {
  const { get } = everyStateHttp(t);
  const all = parseExposition((await get('/metrics')).body);
  for (const [family, owner, states] of [
    ['ipsec_tunnel_state', 'tunnel', tunnelStates],
    ['ipsec_failover_group_state', 'group', groupStates],
  ] as const) {
    const { samples } = all.find(({ name }) => name === family)!;
    const byOwner = Map.groupBy(samples, ({ labels }) => labels.get(owner));
    for (const [name, ofOne] of byOwner) {
      assert.deepEqual(
        ofOne.map(({ labels }) => labels.get('state')),
        states,
        name,
      );
      assert.equal(ofOne.filter(({ value }) => value === '1').length, 1, name);
    }
  }
});

describe('docs/metrics.md', () => {
  const head = ['Name', 'Type', 'Labels', 'What it says'];
  const rows = families.map(({ name, type, labels, help }) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(', '),
    help.replaceAll('|', String.raw`\|`),
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]!.length)));
  // As oxfmt would have it.
  const table = [head, widths.map((width) => '-'.repeat(width)), ...rows]
    .map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`)
    .join('\n');

  test('lists every metric', () => {
    const text = readDoc('metrics.md');
    const [before = '', , after = ''] = text.split(/^(?=\| Name )|(?<=^\|.*\|\n)(?!\|)/m);
    const fresh = `${before}${table}\n${after}`;
    if (process.env['UPDATE_DOCS'] !== undefined) {
      writeFileSync(join(projectRoot, 'docs/metrics.md'), fresh);
    }
    assert.equal(
      readFileSync(join(projectRoot, 'docs/metrics.md'), 'utf8'),
      fresh,
      'stale: UPDATE_DOCS=1 node --test test/unit/outputs/metric-names.test.ts',
    );
  });

  test('as names and labels that a reader finds in a table', () => {
    const [documented] = docTables('metrics.md');
    assert.deepEqual(documented?.head, head);
    assert.deepEqual(
      [...(documented?.rows.keys() ?? [])],
      families.map(({ name }) => `\`${name}\``),
    );
  });
});
