import { createTask, validate } from 'node-cron';
import { dateOf } from '../platform/clock.ts';
import type { Clock, Timer } from '../platform/clock.ts';

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

/** After a delay of at most so many seconds the slots in it are made up for, with one run. */
const mostLateSeconds = 5;

/**
 * node-cron says which seconds an expression means; the beat is our own. Its own timers plan by
 * the wall clock: set back, they wait until the clock has caught up; set forward, they walk
 * through every slot that was missed (30 days at four tasks of 10 s: the loop stood still for
 * 105 s). Here every second is asked about once, and what a jump skipped is skipped.
 */
export function createScheduler(clock: Clock): Scheduler {
  const jobs = new Map<ReturnType<typeof createTask>, () => void>();
  let last = secondOf(clock.now());
  let timer: Timer;
  const beat = (): void => {
    const now = secondOf(clock.now());
    const passed = slots(last, now).map((second) => dateOf(second * 1000));
    last = now;
    timer = clock.after(1000 - (clock.now() % 1000), beat);
    for (const [task, job] of jobs) if (passed.some((slot) => task.match(slot))) job();
  };
  timer = clock.after(1000 - (clock.now() % 1000), beat);
  return {
    schedule(cron, job) {
      const task = createTask(cron, job);
      jobs.set(task, job);
      return { stop: () => forget(task) };
    },
    close() {
      timer.cancel();
      for (const task of jobs.keys()) forget(task);
    },
  };

  function forget(task: ReturnType<typeof createTask>): void {
    jobs.delete(task);
    void task.destroy();
  }
}

function secondOf(at: number): number {
  return Math.floor(at / 1000);
}

/** The seconds that have passed since the last beat; of a jump only the one that it led to. */
function slots(last: number, now: number): readonly number[] {
  const count = now - last;
  if (count < 0 || count > mostLateSeconds) return [now];
  return Array.from({ length: count }, (_, i) => last + 1 + i);
}
