import type { LogFileConfig } from '../config/config.ts';
import { evidenceText } from '../events/evidence.ts';
import type { LogEvent } from '../events/log-event.ts';
import type { LogPosition } from '../events/log-position.ts';
import type { Matchers } from '../parsers/catalogue.ts';
import { createLogParser } from '../parsers/charon-log.ts';
import type { LogParser } from '../parsers/charon-log.ts';
import { LogFollower } from './log-follower.ts';
import type { FollowerStatus, LineBatch } from './follower-report.ts';
import type { FollowerDependencies } from './log-follower.ts';

/** How one log file is doing. */
export interface LogStatus extends FollowerStatus {
  readonly matched: number;
  readonly ignored: number;
  readonly unknown: number;
}

export interface LogSourceDependencies extends Omit<FollowerDependencies, 'onBatch'> {
  readonly matchers: Matchers;
  readonly timeZone: string;
  /** Events of consecutive lines, and where the log stands after them. */
  readonly onEvents: (events: readonly LogEvent[], position: LogPosition) => void;
}

/** An unknown line is shown at debug, one a minute: enough to see what is missing. */
const sampleEveryMs = 60_000;

/** One followed file, parsed. */
export class LogSource {
  readonly #follower: LogFollower;
  readonly #parser: LogParser;
  /** What it is called in evidence and metrics: of a copy, the path of the original. */
  readonly #name: string;
  readonly #dependencies: LogSourceDependencies;
  readonly #counts = { matched: 0, ignored: 0, unknown: 0 };
  #sampledAt = Number.NEGATIVE_INFINITY;

  constructor(
    { path, kind, name = path }: Pick<LogFileConfig, 'path' | 'kind'> & { readonly name?: string },
    saved: LogPosition | undefined,
    dependencies: LogSourceDependencies,
  ) {
    this.#name = name;
    this.#dependencies = dependencies;
    const { matchers, timeZone } = dependencies;
    this.#parser = createLogParser({ kind, zone: timeZone, matchers });
    this.#follower = new LogFollower(path, saved, {
      ...dependencies,
      onBatch: (batch) => this.#parse(batch),
    });
  }

  /** Resolves when what was there at the start has been read. */
  get caughtUp(): Promise<void> {
    return this.#follower.caughtUp;
  }

  get status(): LogStatus {
    return { ...this.#follower.status, ...this.#counts, path: this.#name };
  }

  start(): void {
    this.#follower.start();
  }

  stop(): void {
    this.#follower.stop();
  }

  #parse({ lines, firstLine, readAt, position }: LineBatch): void {
    const events: LogEvent[] = [];
    lines.forEach((line, i) => {
      const { result, event, message } = this.#parser.parse(line, {
        file: this.#name,
        line: firstLine + i,
        readAt,
      });
      this.#counts[result] += 1;
      if (event !== undefined) events.push(event);
      if (result === 'unknown') this.#sample(message, readAt);
    });
    this.#dependencies.onEvents(events, position);
  }

  #sample(message: string, at: number): void {
    if (at - this.#sampledAt < sampleEveryMs) return;
    this.#sampledAt = at;
    const fields = { file: this.#name, message: evidenceText(message) };
    this.#dependencies.logger.debug(fields, 'a line that no pattern knows');
  }
}
