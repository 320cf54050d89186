import type { TestContext } from 'node:test';
import type { LogPosition } from '../../src/events/log-position.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { systemFiles } from '../../src/platform/files.ts';
import type { Files } from '../../src/platform/files.ts';
import { splitPath } from '../../src/sources/generations.ts';
import { LogFollower } from '../../src/sources/log-follower.ts';
import type { LineBatch } from '../../src/sources/follower-report.ts';
import { captureLogger } from './capture-logger.ts';
import { until } from './until.ts';

/** A follower of a real file, and what it has delivered. */
export interface Followed {
  readonly follower: LogFollower;
  readonly lines: string[];
  readonly batches: LineBatch[];
  readonly log: readonly string[];
  /** The position after the last delivered line. */
  readonly position: () => LogPosition | undefined;
  /** Waits until so many lines have come. */
  readonly has: (count: number) => Promise<void>;
}

export interface FollowOptions {
  readonly saved?: LogPosition | undefined;
  readonly files?: Files;
  readonly clock?: Clock;
}

export function follow(
  context: Pick<TestContext, 'after'>,
  path: string,
  options: FollowOptions = {},
): Followed {
  const lines: string[] = [];
  const batches: LineBatch[] = [];
  const logger = captureLogger();
  const follower = new LogFollower(path, options.saved, {
    files: options.files ?? systemFiles,
    clock: options.clock ?? systemClock,
    logger,
    spoolDirectory: splitPath(path).directory,
    onBatch(batch) {
      lines.push(...batch.lines);
      batches.push(batch);
    },
  });
  context.after(() => follower.stop());
  follower.start();
  return {
    follower,
    lines,
    batches,
    log: logger.lines,
    position: () => batches.at(-1)?.position,
    has: (count) => until(`${count} lines`, () => lines.length >= count),
  };
}
