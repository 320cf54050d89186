import type { TunnelEvent } from '../events/tunnel-event.ts';

/** How a source is doing, for metrics, API and readiness. */
export interface SourceStatus {
  readonly name: string;
  /** Readiness waits for its first answer. */
  readonly required: boolean;
  /** It is not asked, because a better source answers. */
  readonly standby: boolean;
  /** Of the sources of SAs, the one that is believed; undefined for all others. */
  readonly serving: boolean | undefined;
  /** It has answered, and is not lost. */
  readonly up: boolean;
  /** Milliseconds since the epoch. */
  readonly lastSuccessAt: number | undefined;
  readonly durationMs: number | undefined;
  readonly runs: number;
  readonly failures: number;
  /** Scheduled runs that found the one before still at work, or that a back-off held back. */
  readonly skipped: number;
  /** Why it does not answer, in a sentence; undefined while it does. */
  readonly problem: string | undefined;
}

/** One origin of events: registered by name, observed by its status. */
export interface Source {
  readonly status: SourceStatus;
  start(): void;
  stop(): void;
}

export type OnEvents = (events: readonly TunnelEvent[]) => void;
