import { schedule, validate } from 'node-cron';
import type { Clock } from '../platform/clock.ts';

/** Something that runs by a schedule until it is stopped. */
export interface Scheduled {
  stop(): void;
}

/** Runs jobs by cron expressions with a seconds field. */
export interface Scheduler {
  schedule(cron: string, job: () => void): Scheduled;
  close(): void;
}

export function isSchedule(cron: string): boolean {
  return cron.trim().split(/\s+/).length === 6 && validate(cron);
}

/** How far wall clock and monotonic clock may part before somebody must have set the clock. */
const jumpMs = 2000;
const checkEveryMs = 1000;

/**
 * node-cron plans by the wall clock: set back, it waits until the clock has caught up; set
 * forward, it walks through every slot that was missed. So each jump makes all tasks anew.
 */
export function createScheduler(clock: Clock): Scheduler {
  const jobs = new Map<{ cron: string; job: () => void }, ReturnType<typeof schedule>>();
  const plan = (entry: { cron: string; job: () => void }): void => {
    jobs.set(entry, schedule(entry.cron, entry.job, { suppressMissedWarning: true }));
  };
  let drift = clock.now() - clock.monotonicMs();
  const guard = clock.every(checkEveryMs, () => {
    const seen = clock.now() - clock.monotonicMs();
    const jumped = Math.abs(seen - drift) > jumpMs;
    drift = seen;
    if (!jumped) return;
    for (const [entry, task] of jobs) {
      void task.destroy();
      plan(entry);
    }
  });
  return {
    schedule(cron, job) {
      const entry = { cron, job };
      plan(entry);
      return {
        stop() {
          void jobs.get(entry)?.destroy();
          jobs.delete(entry);
        },
      };
    },
    close() {
      guard.cancel();
      for (const task of jobs.values()) void task.destroy();
      jobs.clear();
    },
  };
}
