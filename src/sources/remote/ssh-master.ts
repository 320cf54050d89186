import type { Clock, Timer } from '../../platform/clock.ts';
import type { LineStream, StreamLines } from '../../platform/exec.ts';
import type { Files } from '../../platform/files.ts';
import { backOffMs } from '../back-off.ts';
import type { Logger } from '../../platform/logger.ts';

interface SshMasterDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly streamLines: StreamLines;
  readonly files: Files;
}

/** Commands wait this long for the shared connection before they go by themselves. */
const patienceMs = 10_000;
const lookEveryMs = 50;

const longestPauseMs = 30_000;

/** A connection that has lived this long was in order: the next one is made without delay. */
const soundAfterMs = 60_000;

/**
 * Keeps one SSH connection open for all commands. Why it cannot be made each command says for
 * itself, as it then tries on its own.
 */
export class SshMaster {
  readonly #argv: readonly string[];
  readonly #controlPath: string;
  readonly #dependencies: SshMasterDependencies;
  #stream: LineStream | undefined;
  #restart: Timer | undefined;
  #startedAt = 0;
  #endsInARow = 0;

  constructor(
    { argv, controlPath }: { readonly argv: readonly string[]; readonly controlPath: string },
    dependencies: SshMasterDependencies,
  ) {
    this.#argv = argv;
    this.#controlPath = controlPath;
    this.#dependencies = dependencies;
  }

  start(): void {
    const { clock, streamLines } = this.#dependencies;
    this.#startedAt = clock.monotonicMs();
    this.#stream = streamLines(
      this.#argv,
      () => undefined,
      (detail) => this.#ended(detail),
    );
  }

  /** Starts it; resolves when it can be shared, or does not look as if it soon could. */
  async open(): Promise<void> {
    const { clock, files } = this.#dependencies;
    this.start();
    const end = clock.monotonicMs() + patienceMs;
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      const isThere = files.status(this.#controlPath) !== undefined;
      if (isThere || this.#endsInARow > 0 || clock.monotonicMs() >= end) resolve();
      else clock.after(lookEveryMs, look);
    };
    look();
    await promise;
  }

  stop(): void {
    this.#restart?.cancel();
    this.#stream?.stop();
  }

  #ended(detail: string): void {
    const { clock, logger } = this.#dependencies;
    const sound = clock.monotonicMs() - this.#startedAt >= soundAfterMs;
    this.#endsInARow = sound ? 0 : this.#endsInARow + 1;
    if (this.#endsInARow <= 1)
      logger.warn({ source: 'ssh' }, `the SSH connection is gone: ${detail}`);
    const pauseMs = backOffMs(1000, this.#endsInARow, longestPauseMs);
    this.#restart = clock.after(pauseMs, () => this.start());
  }
}
