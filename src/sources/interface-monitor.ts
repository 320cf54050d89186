import { evidenceText } from '../events/evidence.ts';
import { parseMonitorLine } from '../parsers/ip-monitor.ts';
import type { Clock, Timer } from '../platform/clock.ts';
import type { LineStream, StreamLines } from '../platform/exec.ts';
import type { Logger } from '../platform/logger.ts';
import { backOffMs } from './back-off.ts';
import type { OnEvents, Source, SourceStatus } from './source.ts';

export interface InterfaceMonitorDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly streamLines: StreamLines;
  readonly onEvents: OnEvents;
  /** Asks for a poll of all interfaces: it repairs whatever the stream does not tell. */
  readonly onDoubt: () => void;
}

const longestPauseMs = 30_000;

/** A stream that has lived this long was in order: the next restart waits no longer than usual. */
const soundAfterMs = 60_000;

/** `ip monitor`: link events at the moment they happen. Starts again by itself when it ends. */
export class InterfaceMonitor implements Source {
  readonly #argv: readonly string[];
  readonly #dependencies: InterfaceMonitorDependencies;
  #stream: LineStream | undefined;
  #restart: Timer | undefined;
  #startedAt = 0;
  #endsInARow = 0;
  #failures = 0;
  #runs = 0;
  #lastSuccessAt: number | undefined;
  /** Why the stream ended last. */
  #ending: string | undefined;

  constructor(argv: readonly string[], dependencies: InterfaceMonitorDependencies) {
    this.#argv = argv;
    this.#dependencies = dependencies;
  }

  get status(): SourceStatus {
    return {
      name: 'interface-monitor',
      required: false,
      standby: false,
      serving: undefined,
      up: this.#stream !== undefined,
      lastSuccessAt: this.#lastSuccessAt,
      durationMs: undefined,
      runs: this.#runs,
      failures: this.#failures,
      skipped: 0,
      problem: this.#stream === undefined ? this.#ending : undefined,
    };
  }

  start(): void {
    const { clock, streamLines, onDoubt } = this.#dependencies;
    this.#runs += 1;
    this.#startedAt = clock.monotonicMs();
    this.#lastSuccessAt = clock.now();
    this.#stream = streamLines(
      this.#argv,
      (line) => this.#take(line),
      (detail) => this.#ended(detail),
    );
    // What happened before the stream was there, it does not tell.
    onDoubt();
  }

  stop(): void {
    this.#restart?.cancel();
    this.#stream?.stop();
    this.#stream = undefined;
  }

  #take(line: string): void {
    const { clock, onEvents, onDoubt } = this.#dependencies;
    const at = clock.now();
    this.#lastSuccessAt = at;
    const item = parseMonitorLine(line);
    if (item === undefined) return;
    const evidence = { source: 'interface-monitor', at, text: evidenceText(line.trim()) };
    if (item.kind === 'link') {
      onEvents([
        item.deleted
          ? { kind: 'interface-removed', at, interface: item.name, evidence }
          : { kind: 'interface-changed', at, interface: item.name, up: item.up, evidence },
      ]);
    }
    onDoubt();
  }

  #ended(detail: string): void {
    const { clock, logger } = this.#dependencies;
    this.#stream = undefined;
    this.#failures += 1;
    const sound = clock.monotonicMs() - this.#startedAt >= soundAfterMs;
    this.#endsInARow = sound ? 1 : this.#endsInARow + 1;
    const pauseMs = backOffMs(1000, this.#endsInARow - 1, longestPauseMs);
    if (detail !== this.#ending) logger.warn({ source: 'interface-monitor' }, detail);
    this.#ending = detail;
    this.#restart = clock.after(pauseMs, () => this.start());
  }
}
