import { jobPriorities } from '../events/charon-load.ts';
import type { MessageCounts } from '../events/charon-load.ts';
import { findingCodes } from '../diagnosis/finding.ts';
import type { Snapshot } from '../engine/snapshot.ts';
import type { Family, Sample } from './metric-family.ts';

type Values = readonly (readonly [number | boolean, Readonly<Record<string, string>>])[];

function family(
  type: Family['type'],
  name: string,
  labels: readonly string[],
  help: string,
  valuesOf: (snapshot: Snapshot) => Values,
): Family {
  const samples: Family['samples'] = ({ snapshot }) =>
    valuesOf(snapshot).map(([value, own]): Sample => ({ value: Number(value), labels: own }));
  return { name, type, help, labels, samples };
}

function perPriority(label: string, counts: readonly number[]): Values {
  return counts.map((count, i) => [count, { [label]: jobPriorities[i]! }]);
}

/** What charon has refused to read. */
export function invalidMessages(
  counts: MessageCounts | undefined,
): readonly (readonly [number, Readonly<Record<string, string>>])[] {
  if (counts === undefined) return [];
  return [
    [counts.invalid, { reason: 'message' }],
    [counts.invalidSpi, { reason: 'spi' }],
  ];
}

/** What is known of the host rather than of a tunnel. */
export const hostFamilies: readonly Family[] = [
  family(
    'gauge',
    'ipsec_interface_up',
    ['interface'],
    'Whether the interface is up and, where the kernel knows, has a carrier.',
    ({ interfaces }) => interfaces.map(({ name, up }) => [up, { interface: name }]),
  ),
  family(
    'counter',
    'ipsec_interface_transitions_total',
    ['interface', 'to'],
    'Changes of the interface between up and down.',
    ({ interfaces }) =>
      interfaces.flatMap(({ name, wentUp, wentDown }) => [
        [wentUp, { interface: name, to: 'up' }],
        [wentDown, { interface: name, to: 'down' }],
      ]),
  ),
  family(
    'gauge',
    'ipsec_gateway_up',
    ['gateway'],
    'Whether dead gateway detection holds the gateway for alive.',
    ({ gateways }) => gateways.map(({ name, up }) => [up, { gateway: name }]),
  ),
  family('gauge', 'ipsec_daemon_up', [], 'Whether charon runs.', ({ daemon }) =>
    daemon === undefined ? [] : [[daemon.up, {}]],
  ),
  family(
    'gauge',
    'ipsec_daemon_workers',
    ['state'],
    'Threads of charon: idle, or at work on jobs of a priority. Only VICI tells.',
    ({ load }) =>
      load === undefined
        ? []
        : [[load.idleWorkers, { state: 'idle' }], ...perPriority('state', load.activeWorkers)],
  ),
  family(
    'gauge',
    'ipsec_daemon_queued_jobs',
    ['priority'],
    'Jobs of charon that wait for a thread. Only VICI tells.',
    ({ load }) => (load === undefined ? [] : perPriority('priority', load.queuedJobs)),
  ),
  family(
    'gauge',
    'ipsec_daemon_ike_sas',
    ['state'],
    'IKE_SAs of charon, those of strangers included: all, and half open as the responder. Only VICI tells.',
    ({ load }) =>
      load === undefined
        ? []
        : [
            [load.ikeSas, { state: 'all' }],
            [load.halfOpen, { state: 'half_open' }],
          ],
  ),
  family(
    'counter',
    'ipsec_daemon_invalid_messages_total',
    ['reason'],
    'IKE messages since charon started that it could not read (message), or that were for no IKE_SA (spi), whoever sent them. Only VICI tells.',
    ({ messages }) => invalidMessages(messages),
  ),
  family(
    'gauge',
    'ipsec_ha_active',
    [],
    'Whether this host is the active one of its pair: it holds a shared address.',
    ({ ha }) => (ha === undefined || ha.role === 'unknown' ? [] : [[ha.role === 'active', {}]]),
  ),
  family(
    'counter',
    'ipsec_xfrm_errors_total',
    ['error'],
    'Packets that the kernel dropped in XFRM, by its counter (Documentation/networking/xfrm_proc.rst).',
    ({ xfrmErrors }) => Object.entries(xfrmErrors).map(([error, count]) => [count, { error }]),
  ),
  family(
    'counter',
    'ipsec_unattributed_events_total',
    ['event'],
    'Log events that no tunnel could be named for, by the code of the message.',
    ({ unattributed }) => Object.entries(unattributed).map(([event, count]) => [count, { event }]),
  ),
  family(
    'counter',
    'tunnelwarden_dropped_total',
    ['what'],
    'Connections, SAs, interfaces and gateways left out because there were too many.',
    ({ dropped }) =>
      (['connections', 'gateways', 'links', 'sas', 'sharers'] as const).map((what) => [
        dropped[what] ?? 0,
        { what },
      ]),
  ),
  {
    type: 'gauge',
    name: 'ipsec_audit_findings',
    labels: ['code'],
    help: 'What the audit of the inventory finds wrong, by code.',
    samples: ({ findings }) =>
      findingCodes.map((code): Sample => {
        const value = findings.filter((finding) => finding.code === code).length;
        return { value, labels: { code } };
      }),
  },
];
