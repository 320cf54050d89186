import { groupStates, switchReasons, tunnelStates } from '../events/change.ts';
import { exchanges } from '../events/charon-load.ts';
import { outageBounds } from '../engine/histogram.ts';
import type { GroupView, TunnelView } from '../engine/snapshot.ts';
import { invalidMessages } from './host-metrics.ts';
import type { Family, Sample, Scrape } from './metric-family.ts';

function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}

/** What a tunnel or a group has to say in one family: values, with labels beside its own. */
type Values = Iterable<readonly [number, Readonly<Record<string, string>>?]>;

/** A family with samples for each tunnel. */
function perTunnel(
  type: Family['type'],
  name: string,
  labels: readonly string[],
  help: string,
  valuesOf: (tunnel: TunnelView, scrape: Scrape) => Values,
): Family {
  return {
    name,
    type,
    help,
    labels: ['tunnel', ...labels],
    *samples(scrape) {
      for (const tunnel of scrape.snapshot.tunnels) {
        for (const [value, more] of valuesOf(tunnel, scrape)) {
          yield { value, labels: { tunnel: tunnel.name, ...more } };
        }
      }
    },
  };
}

/** A family with samples for each failover group. */
function perGroup(
  type: Family['type'],
  name: string,
  labels: readonly string[],
  help: string,
  valuesOf: (group: GroupView) => Values,
): Family {
  return {
    name,
    type,
    help,
    labels: ['group', ...labels],
    *samples({ snapshot }) {
      for (const group of snapshot.groups) {
        for (const [value, more] of valuesOf(group)) {
          yield { value, labels: { group: group.name, ...more } };
        }
      }
    },
  };
}

/** Only what was configured: what a peer says of itself never becomes a label. */
function infoLabels({ spec, interface: name }: TunnelView): Record<string, string> {
  return {
    local_address: spec.local ?? '',
    remote_address: spec.remote ?? '',
    local_id: spec.localId ?? '',
    remote_id: spec.remoteId ?? '',
    ike_version: spec.version === undefined ? '' : String(spec.version),
    role: spec.role ?? '',
    group: spec.group ?? '',
    interface: name ?? '',
    profile: spec.profile ?? '',
  };
}

function failureValues({ counters }: TunnelView): Values {
  return Object.entries(counters.failures).map(([key, count]) => {
    const [phase = '', reason = ''] = key.split(' ');
    return [count, { phase, reason }];
  });
}

function messageValues({ messages }: TunnelView): Values {
  return (messages?.messages ?? []).flatMap((counts, i) => {
    const exchange = exchanges[i]!;
    const { requestsIn, responsesIn, requestsOut, responsesOut } = counts;
    return [
      [requestsIn, { exchange, type: 'request', direction: 'in' }],
      [responsesIn, { exchange, type: 'response', direction: 'in' }],
      [requestsOut, { exchange, type: 'request', direction: 'out' }],
      [responsesOut, { exchange, type: 'response', direction: 'out' }],
    ] as const;
  });
}

export const tunnelFamilies: readonly Family[] = [
  perTunnel(
    'gauge',
    'ipsec_tunnel_up',
    [],
    'Whether SAs of the tunnel are installed.',
    (tunnel) => [[tunnel.up ? 1 : 0]],
  ),
  perTunnel(
    'gauge',
    'ipsec_tunnel_state',
    ['state'],
    'State of the tunnel, one series a state.',
    (tunnel) => tunnelStates.map((state) => [tunnel.state === state ? 1 : 0, { state }]),
  ),
  perTunnel(
    'gauge',
    'ipsec_tunnel_info',
    [
      'local_address',
      'remote_address',
      'local_id',
      'remote_id',
      'ike_version',
      'role',
      'group',
      'interface',
      'profile',
    ],
    'What the tunnel is, as configured; always 1.',
    (tunnel) => [[1, infoLabels(tunnel)]],
  ),
  perTunnel(
    'counter',
    'ipsec_tunnel_transitions_total',
    ['to'],
    'Changes of state, by the state entered.',
    ({ counters }) => tunnelStates.map((to) => [counters.transitions[to] ?? 0, { to }]),
  ),
  perTunnel(
    'gauge',
    'ipsec_tunnel_last_transition_timestamp_seconds',
    [],
    'When the tunnel entered its state, seconds since the epoch.',
    ({ since }) => [[seconds(since)]],
  ),
  perTunnel(
    'gauge',
    'ipsec_tunnel_children',
    ['state'],
    'CHILD_SAs that are installed, and that should be.',
    ({ children }) => [
      [children.installed, { state: 'installed' }],
      [children.expected, { state: 'expected' }],
    ],
  ),
  perTunnel(
    'counter',
    'ipsec_tunnel_bytes_total',
    ['direction'],
    'Bytes carried, across rekeys and restarts.',
    (tunnel) => [
      [tunnel.bytesIn, { direction: 'in' }],
      [tunnel.bytesOut, { direction: 'out' }],
    ],
  ),
  perTunnel(
    'counter',
    'ipsec_tunnel_packets_total',
    ['direction'],
    'Packets carried, across rekeys and restarts.',
    (tunnel) => [
      [tunnel.packetsIn, { direction: 'in' }],
      [tunnel.packetsOut, { direction: 'out' }],
    ],
  ),
  perTunnel('counter', 'ipsec_tunnel_rekeys_total', ['sa'], 'Rekeyed SAs.', ({ counters }) => [
    [counters.ikeRekeys, { sa: 'ike' }],
    [counters.childRekeys, { sa: 'child' }],
  ]),
  perTunnel(
    'counter',
    'ipsec_tunnel_reauthentications_total',
    [],
    'Reauthentications of the IKE_SA that cost no more than the hold time.',
    ({ counters }) => [[counters.reauthentications]],
  ),
  perTunnel(
    'counter',
    'ipsec_tunnel_retransmits_total',
    [],
    'IKE messages sent again for want of an answer.',
    ({ counters }) => [[counters.retransmits]],
  ),
  perTunnel(
    'counter',
    'ipsec_tunnel_ike_messages_total',
    ['exchange', 'type', 'direction'],
    'IKE messages since charon started, by exchange. Only VICI tells.',
    messageValues,
  ),
  perTunnel(
    'counter',
    'ipsec_tunnel_invalid_messages_total',
    ['reason'],
    'IKE messages since charon started that it could not read (message), or that were for no IKE_SA (spi). Only VICI tells.',
    ({ messages }) => invalidMessages(messages),
  ),
  perTunnel(
    'counter',
    'ipsec_tunnel_dpd_timeouts_total',
    [],
    'Established IKE_SAs whose peer did not answer any more.',
    ({ counters }) => [[counters.dpdTimeouts]],
  ),
  perTunnel(
    'counter',
    'ipsec_tunnel_negotiation_failures_total',
    ['phase', 'reason'],
    'Failed negotiations, by IKE phase and reason.',
    failureValues,
  ),
  perTunnel(
    'gauge',
    'ipsec_tunnel_established_timestamp_seconds',
    [],
    'When the current IKE_SA was established, seconds since the epoch.',
    ({ establishedAt }) => (establishedAt === undefined ? [] : [[seconds(establishedAt)]]),
  ),
  perTunnel(
    'gauge',
    'ipsec_tunnel_diagnosis',
    ['code'],
    'Causes that are present now; always 1.',
    ({ name }, { diagnoses }) =>
      diagnoses(name).flatMap(({ code, until }) => (until === undefined ? [[1, { code }]] : [])),
  ),
  perTunnel(
    'gauge',
    'ipsec_tunnel_flapping',
    [],
    'Whether the tunnel goes up and down too often.',
    ({ flapping }) => [[flapping ? 1 : 0]],
  ),
  perGroup(
    'gauge',
    'ipsec_failover_group_state',
    ['state'],
    'State of the failover group, one series a state.',
    (group) => groupStates.map((state) => [group.state === state ? 1 : 0, { state }]),
  ),
  perGroup(
    'gauge',
    'ipsec_failover_group_active_member',
    ['tunnel'],
    'Which member serves.',
    ({ members, active }) => members.map((tunnel) => [tunnel === active ? 1 : 0, { tunnel }]),
  ),
  perGroup(
    'counter',
    'ipsec_failover_group_failovers_total',
    ['reason'],
    'Changes to a later member, by the reason of the loss before it.',
    ({ failovers }) => switchReasons.map((reason) => [failovers[reason] ?? 0, { reason }]),
  ),
  perGroup(
    'counter',
    'ipsec_failover_group_failbacks_total',
    [],
    'Changes back to an earlier member.',
    ({ failbacks }) => [[failbacks]],
  ),
  {
    name: 'ipsec_failover_group_outage_seconds',
    type: 'histogram',
    help: 'Time without a serving member, observed when one serves again.',
    labels: ['group'],
    samples: ({ snapshot }) => snapshot.groups.flatMap((group) => outageSamples(group)),
  },
];

function outageSamples({ name: group, outages }: GroupView): readonly Sample[] {
  const buckets = outageBounds.map((bound, i) => [String(bound), outages.buckets[i]!] as const);
  return [
    ...[...buckets, ['+Inf', outages.count] as const].map(([le, value]) => {
      return { labels: { group, le }, value, suffix: '_bucket' };
    }),
    { labels: { group }, value: outages.sum, suffix: '_sum' },
    { labels: { group }, value: outages.count, suffix: '_count' },
  ];
}
