import type { Language } from '../diagnosis/advice.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Finding } from '../diagnosis/finding.ts';
import type { Platform } from '../diagnosis/texts/cause-text.ts';
import type { Snapshot } from '../engine/snapshot.ts';
import type { HistoryQuery, StoredChange } from '../store/history.ts';

/** How a source of events is doing. */
export interface SourceView {
  readonly name: string;
  readonly required: boolean;
  /** It is not asked, because a better source answers. */
  readonly standby: boolean;
  /** Of the sources of SAs, the one that is believed; undefined for all others. */
  readonly serving: boolean | undefined;
  readonly up: boolean;
  readonly lastSuccessAt: number | undefined;
  readonly durationMs: number | undefined;
  readonly runs: number;
  readonly failures: number;
  /** Runs left out because the one before was still at work, or the source was given a rest. */
  readonly skipped: number;
  readonly problem: string | undefined;
}

/** How a followed log file is doing. */
export interface LogView {
  readonly path: string;
  readonly problem: string | undefined;
  readonly matched: number;
  readonly ignored: number;
  readonly unknown: number;
  readonly lagBytes: number;
  readonly rotations: number;
  readonly lostBytes: number;
  readonly cutBytes: number;
}

/** How the store is doing. */
export interface StoreView {
  readonly up: boolean;
  readonly sizeBytes: number;
  readonly commits: number;
  readonly failures: number;
  readonly pendingChanges: number;
  readonly droppedChanges: number;
}

/** All that outputs may ask for. They read it, and change nothing. */
export interface View {
  snapshot(): Snapshot;
  /** What is wrong with a tunnel now, best candidate first, then what was, newest first. */
  diagnoses(tunnel: string): readonly Diagnosis[];
  /** What is wrong with the inventory. */
  findings(): readonly Finding[];
  /** Whose names for settings remedies are to use. */
  platform(): Platform;
  /** Of texts, where a client asks for none. */
  language(): Language;
  sources(): readonly SourceView[];
  logs(): readonly LogView[];
  store(): StoreView;
  /** Whether the last reload of the configuration was good, and when it was. */
  config(): { readonly good: boolean; readonly loadedAt: number };
  history: {
    read(query: HistoryQuery): readonly StoredChange[];
    after(id: number, limit: number): readonly StoredChange[];
  };
  /** Calls back with what has just been stored, until the returned function is called. */
  subscribe(listener: (changes: readonly StoredChange[]) => void): () => void;
}

/** Names compare without case. */
export function findByName<T extends { readonly name: string }>(
  items: readonly T[],
  name: string,
): T | undefined {
  const wanted = name.toLowerCase();
  return items.find((item) => item.name.toLowerCase() === wanted);
}
