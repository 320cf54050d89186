import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Finding } from '../diagnosis/finding.ts';
import type { Snapshot } from '../engine/snapshot.ts';
import type { RefusalCounts } from './access.ts';
import type { StreamStatus } from './event-stream.ts';
import type { LogView, SourceView, StoreView, View } from './view.ts';

/** One line of the exposition. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Only for the parts of a histogram: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string;
}

/** What is written above the samples of a metric. */
export interface FamilyHead {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
}

/** One metric as data: computed at each scrape from the one truth, never kept. */
export interface Family extends FamilyHead {
  readonly labels: readonly string[];
  readonly samples: (scrape: Scrape) => Iterable<Sample>;
}

/** What a scrape is answered from: everything as it was at one moment. */
export interface Scrape {
  readonly snapshot: Snapshot;
  readonly diagnoses: (tunnel: string) => readonly Diagnosis[];
  readonly findings: readonly Finding[];
  readonly sources: readonly SourceView[];
  readonly logs: readonly LogView[];
  readonly store: StoreView;
  readonly config: ReturnType<View['config']>;
  readonly streams: StreamStatus;
  readonly refusals: RefusalCounts;
}

export function takeScrape(view: View, streams: StreamStatus, refusals: RefusalCounts): Scrape {
  return {
    snapshot: view.snapshot(),
    diagnoses: (tunnel) => view.diagnoses(tunnel),
    findings: view.findings(),
    sources: view.sources(),
    logs: view.logs(),
    store: view.store(),
    config: view.config(),
    streams,
    refusals,
  };
}
