import type { Family, Sample } from './metric-family.ts';
import type { LogView, SourceView } from './view.ts';

type Labels = Readonly<Record<string, string>>;

function sample(value: number | boolean, labels: Labels = {}): Sample {
  return { value: Number(value), labels };
}

/** What is known of the host rather than of a tunnel. */
export const hostFamilies: readonly Family[] = [
  {
    name: 'ipsec_interface_up',
    type: 'gauge',
    help: 'Whether the interface is up and, where the kernel knows, has a carrier.',
    labels: ['interface'],
    samples: ({ interfaces }) => interfaces.map(({ name, up }) => sample(up, { interface: name })),
  },
  {
    name: 'ipsec_interface_transitions_total',
    type: 'counter',
    help: 'Changes of the interface between up and down.',
    labels: ['interface', 'to'],
    samples: ({ interfaces }) =>
      interfaces.flatMap(({ name, wentUp, wentDown }) => [
        sample(wentUp, { interface: name, to: 'up' }),
        sample(wentDown, { interface: name, to: 'down' }),
      ]),
  },
  {
    name: 'ipsec_gateway_up',
    type: 'gauge',
    help: 'Whether dead gateway detection holds the gateway for alive.',
    labels: ['gateway'],
    samples: ({ gateways }) => gateways.map(({ name, up }) => sample(up, { gateway: name })),
  },
  {
    name: 'ipsec_daemon_up',
    type: 'gauge',
    help: 'Whether charon runs.',
    labels: [],
    samples: ({ daemon }) => (daemon === undefined ? [] : [sample(daemon.up)]),
  },
  {
    name: 'ipsec_xfrm_errors_total',
    type: 'counter',
    help: 'Packets that the kernel dropped in XFRM, by its counter (Documentation/networking/xfrm_proc.rst).',
    labels: ['error'],
    samples: ({ xfrmErrors }) =>
      Object.entries(xfrmErrors).map(([error, count]) => sample(count, { error })),
  },
  {
    name: 'ipsec_unattributed_events_total',
    type: 'counter',
    help: 'Log events that no tunnel could be named for, by the code of the message.',
    labels: ['event'],
    samples: ({ unattributed }) =>
      Object.entries(unattributed).map(([event, count]) => sample(count, { event })),
  },
];

function perSource(
  name: string,
  help: string,
  samplesOf: (source: SourceView) => number | boolean | undefined,
): Family {
  return {
    name,
    type: name.endsWith('_total') ? 'counter' : 'gauge',
    help,
    labels: ['source'],
    samples: (_snapshot, view) =>
      view.sources().flatMap((source) => {
        const value = samplesOf(source);
        return value === undefined ? [] : [sample(value, { source: source.name })];
      }),
  };
}

function perLog(name: string, help: string, valueOf: (log: LogView) => number): Family {
  return {
    name,
    type: name.endsWith('_total') ? 'counter' : 'gauge',
    help,
    labels: ['file'],
    samples: (_snapshot, view) =>
      view.logs().map((log) => sample(valueOf(log), { file: log.path })),
  };
}

function single(name: string, help: string, value: Family['samples']): Family {
  return {
    name,
    type: name.endsWith('_total') ? 'counter' : 'gauge',
    help,
    labels: [],
    samples: value,
  };
}

/** What the daemon says about itself. */
export function selfFamilies(version: string): readonly Family[] {
  return [
    {
      name: 'tunnelwarden_build_info',
      type: 'gauge',
      help: 'Version of the program; always 1.',
      labels: ['version'],
      samples: () => [sample(1, { version })],
    },
    perSource('tunnelwarden_source_up', 'Whether the source answers.', ({ up }) => up),
    perSource(
      'tunnelwarden_source_last_success_timestamp_seconds',
      'When the source last answered, seconds since the epoch.',
      ({ lastSuccessAt }) => lastSuccessAt && lastSuccessAt / 1000,
    ),
    perSource(
      'tunnelwarden_source_duration_seconds',
      'How long the source took when it was last asked.',
      ({ durationMs }) => durationMs && durationMs / 1000,
    ),
    perSource(
      'tunnelwarden_source_failures_total',
      'How often the source could not look.',
      ({ failures }) => failures,
    ),
    {
      name: 'tunnelwarden_log_lines_total',
      type: 'counter',
      help: 'Lines read, by whether the program knows what they say.',
      labels: ['file', 'result'],
      samples: (_snapshot, view) =>
        view
          .logs()
          .flatMap(({ path: file, matched, ignored, unknown }) => [
            sample(matched, { file, result: 'matched' }),
            sample(ignored, { file, result: 'ignored' }),
            sample(unknown, { file, result: 'unknown' }),
          ]),
    },
    perLog('tunnelwarden_log_up', 'Whether the file is followed.', ({ problem }) =>
      Number(problem === undefined),
    ),
    perLog(
      'tunnelwarden_log_lag_bytes',
      'Bytes written and not read yet.',
      ({ lagBytes }) => lagBytes,
    ),
    perLog(
      'tunnelwarden_log_rotations_total',
      'Rotations and truncations seen.',
      ({ rotations }) => rotations,
    ),
    perLog(
      'tunnelwarden_log_lost_bytes_total',
      'Bytes that were gone before they could be read.',
      ({ lostBytes }) => lostBytes,
    ),
    perLog(
      'tunnelwarden_log_cut_bytes_total',
      'Bytes dropped from lines that were too long.',
      ({ cutBytes }) => cutBytes,
    ),
    single('tunnelwarden_store_up', 'Whether the last commit succeeded.', (_s, view) => [
      sample(view.store().up),
    ]),
    single('tunnelwarden_store_size_bytes', 'Used size of the database.', (_s, view) => [
      sample(view.store().sizeBytes),
    ]),
    single('tunnelwarden_store_commits_total', 'Transactions committed.', (_s, view) => [
      sample(view.store().commits),
    ]),
    single(
      'tunnelwarden_store_commit_failures_total',
      'Transactions that failed and were kept for another try.',
      (_s, view) => [sample(view.store().failures)],
    ),
    single('tunnelwarden_store_pending_changes', 'Changes that wait for a commit.', (_s, view) => [
      sample(view.store().pendingChanges),
    ]),
    single(
      'tunnelwarden_store_dropped_changes_total',
      'Changes dropped because too many waited for a commit.',
      (_s, view) => [sample(view.store().droppedChanges)],
    ),
    single(
      'tunnelwarden_config_last_reload_successful',
      'Whether the configuration in force is the one on disk.',
      (_s, view) => [sample(view.config().good)],
    ),
    single(
      'tunnelwarden_config_last_reload_success_timestamp_seconds',
      'When the configuration in force was loaded, seconds since the epoch.',
      (_s, view) => [sample(view.config().loadedAt / 1000)],
    ),
  ];
}
