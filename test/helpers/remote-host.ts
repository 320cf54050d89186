import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { exec } from '../../src/platform/exec.ts';
import type { Exec } from '../../src/platform/exec.ts';
import { systemFiles } from '../../src/platform/files.ts';
import { systemScratch } from '../../src/platform/scratch.ts';
import type { Scratch } from '../../src/platform/scratch.ts';
import { RemoteLog } from '../../src/sources/remote/remote-log.ts';
import { Spool } from '../../src/sources/remote/spool.ts';
import type { SourceStatus } from '../../src/sources/source.ts';
import { captureLogger } from './capture-logger.ts';
import { FakeClock } from './fake-clock.ts';
import { tempDirectory } from './temp-directory.ts';
import { until } from './until.ts';

/** A log, and the copies of it that were made; the commands are run here as they would be there. */
export class RemoteHost {
  readonly directory: string;
  readonly log: string;
  readonly copy: string;
  readonly logger = captureLogger();
  readonly clock = new FakeClock();
  remote: RemoteLog | undefined;
  /** As of when everything had been copied, each time that it had. */
  readonly copiedAsOf: number[] = [];
  #exec: Exec = exec;

  constructor(t: TestContext) {
    this.directory = tempDirectory(t);
    this.log = join(this.directory, 'charon.log');
    this.copy = join(this.directory, 'state/remote/copy');
    t.after(() => this.remote?.stop());
  }

  set exec(value: Exec) {
    this.#exec = value;
  }

  start(scratch: Scratch = systemScratch): RemoteLog {
    const remote = new RemoteLog(this.log, {
      clock: this.clock,
      logger: this.logger,
      exec: async (argv, limits) => this.#exec(argv, limits),
      spool: new Spool(this.copy, systemFiles, scratch),
      onCopied: (asOf) => this.copiedAsOf.push(asOf),
    });
    this.remote = remote;
    remote.start();
    return remote;
  }

  /** Lets time pass until it looks again, and waits until it has fetched all there is. */
  async settle(): Promise<void> {
    const waiting = async (): Promise<void> => until('it waits', () => this.clock.armed === 1);
    await waiting();
    const { runs } = this.status;
    while (this.status.runs === runs) await this.clock.advance(1000);
    await waiting();
  }

  get status(): SourceStatus {
    assert.ok(this.remote);
    return this.remote.status;
  }

  /** All that was copied, oldest first. */
  get copied(): string {
    return ['.2', '.1', '']
      .map((suffix) => this.copy + suffix)
      .filter((path) => existsSync(path))
      .map((path) => readFileSync(path, 'latin1'))
      .join('|');
  }
}
