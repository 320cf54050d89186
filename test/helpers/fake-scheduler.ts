import type { Scheduler } from '../../src/sources/scheduler.ts';

/** Jobs run when the test says that their time has come. */
export class FakeScheduler implements Scheduler {
  readonly #jobs = new Map<object, { readonly cron: string; readonly job: () => void }>();

  schedule(cron: string, job: () => void): { stop(): void } {
    const key = {};
    this.#jobs.set(key, { cron, job });
    return { stop: () => void this.#jobs.delete(key) };
  }

  close(): void {
    this.#jobs.clear();
  }

  get crons(): readonly string[] {
    return [...this.#jobs.values()].map(({ cron }) => cron);
  }

  fire(): void {
    for (const { job } of this.#jobs.values()) job();
  }
}
