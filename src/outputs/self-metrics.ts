import type { Family, Sample, Scrape } from './metric-family.ts';
import type { LogView, SourceView } from './view.ts';

type Value = number | boolean | undefined;

/** A family whose type its name tells. */
function family(
  name: string,
  help: string,
  labels: readonly string[],
  samples: Family['samples'],
): Family {
  return { name, type: name.endsWith('_total') ? 'counter' : 'gauge', help, labels, samples };
}

/** What is not known has no sample. */
function sample(value: Value, labels: Sample['labels']): readonly Sample[] {
  return value === undefined ? [] : [{ value: Number(value), labels }];
}

function perSource(name: string, help: string, valueOf: (source: SourceView) => Value): Family {
  return family(name, help, ['source'], ({ sources }) =>
    sources.flatMap((source) => sample(valueOf(source), { source: source.name })),
  );
}

function perLog(name: string, help: string, valueOf: (log: LogView) => Value): Family {
  return family(name, help, ['file'], ({ logs }) =>
    logs.flatMap((log) => sample(valueOf(log), { file: log.path })),
  );
}

function single(name: string, help: string, valueOf: (scrape: Scrape) => Value): Family {
  return family(name, help, [], (scrape) => sample(valueOf(scrape), {}));
}

const lineResults = ['matched', 'ignored', 'unknown'] as const;

/** What the daemon says about itself. */
export function selfFamilies(version: string): readonly Family[] {
  return [
    family('tunnelwarden_build_info', 'Version of the program; always 1.', ['version'], () =>
      sample(1, { version }),
    ),
    // A source on standby is not asked, so there is nothing to say and nothing to be alarmed about.
    perSource(
      'tunnelwarden_source_up',
      'Whether the source answers; absent while it is on standby.',
      ({ up, standby }) => (standby ? undefined : up),
    ),
    perSource(
      'tunnelwarden_source_serving',
      'Of the sources of SAs, whether it is the one that is believed.',
      ({ serving }) => serving,
    ),
    perSource(
      'tunnelwarden_source_last_success_timestamp_seconds',
      'When the source last answered, seconds since the epoch; absent while it is on standby.',
      ({ lastSuccessAt, standby }) => (standby ? undefined : lastSuccessAt && lastSuccessAt / 1000),
    ),
    perSource(
      'tunnelwarden_source_duration_seconds',
      'How long the source took when it was last asked.',
      ({ durationMs }) => durationMs && durationMs / 1000,
    ),
    perSource(
      'tunnelwarden_source_runs_total',
      'How often the source was asked.',
      ({ runs }) => runs,
    ),
    perSource(
      'tunnelwarden_source_skipped_total',
      'Runs left out because the one before was still at work, or the source was given a rest.',
      ({ skipped }) => skipped,
    ),
    perSource(
      'tunnelwarden_source_failures_total',
      'How often the source could not look.',
      ({ failures }) => failures,
    ),
    family(
      'tunnelwarden_log_lines_total',
      'Lines read, by whether the program knows what they say.',
      ['file', 'result'],
      ({ logs }) =>
        logs.flatMap((log) =>
          lineResults.flatMap((result) => sample(log[result], { file: log.path, result })),
        ),
    ),
    perLog(
      'tunnelwarden_log_up',
      'Whether the file is followed.',
      ({ problem }) => problem === undefined,
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
    single('tunnelwarden_store_up', 'Whether the last commit succeeded.', ({ store }) => store.up),
    single(
      'tunnelwarden_store_size_bytes',
      'Used size of the database.',
      ({ store }) => store.sizeBytes,
    ),
    single(
      'tunnelwarden_store_commits_total',
      'Transactions committed.',
      ({ store }) => store.commits,
    ),
    single(
      'tunnelwarden_store_commit_failures_total',
      'Transactions that failed and were kept for another try.',
      ({ store }) => store.failures,
    ),
    single(
      'tunnelwarden_store_pending_changes',
      'Changes that wait for a commit.',
      ({ store }) => store.pendingChanges,
    ),
    single(
      'tunnelwarden_store_dropped_changes_total',
      'Changes dropped because too many waited for a commit.',
      ({ store }) => store.droppedChanges,
    ),
    single(
      'tunnelwarden_config_last_reload_successful',
      'Whether the configuration in force is the one on disk.',
      ({ config }) => config.good,
    ),
    single(
      'tunnelwarden_config_last_reload_success_timestamp_seconds',
      'When the configuration in force was loaded, seconds since the epoch.',
      ({ config }) => config.loadedAt / 1000,
    ),
    single(
      'tunnelwarden_event_stream_clients',
      'Event streams that are open.',
      ({ streams }) => streams.clients,
    ),
    single(
      'tunnelwarden_event_stream_refused_clients_total',
      'Event streams refused because too many were open.',
      ({ streams }) => streams.refused,
    ),
    single(
      'tunnelwarden_event_stream_cut_clients_total',
      'Event streams closed because the client did not read.',
      ({ streams }) => streams.cut,
    ),
    family(
      'tunnelwarden_http_refused_requests_total',
      'Requests refused for their credentials or their Host header.',
      ['reason'],
      ({ refusals }) =>
        Object.entries(refusals).flatMap(([reason, count]) =>
          sample(count, { reason: reason.replaceAll('-', '_') }),
        ),
    ),
  ];
}
