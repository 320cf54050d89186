import type { Clock, Timer } from '../../src/platform/clock.ts';
import { noon } from './events.ts';

interface Armed {
  due: number;
  readonly everyMs: number | undefined;
  readonly callback: () => void;
}

/** A clock that stands still until it is advanced; then timers go off in their order. */
export class FakeClock implements Clock {
  #now: number;
  #monotonicMs = 0;
  readonly #armed = new Set<Armed>();

  constructor(now = noon) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  after(ms: number, callback: () => void): Timer {
    return this.#arm({ due: this.#monotonicMs + ms, everyMs: undefined, callback });
  }

  every(ms: number, callback: () => void): Timer {
    return this.#arm({ due: this.#monotonicMs + ms, everyMs: ms, callback });
  }

  async breathe(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    await promise;
  }

  /** How many timers wait. */
  get armed(): number {
    return this.#armed.size;
  }

  /** Lets time pass; after each timer everything that it set in motion settles. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonicMs + ms;
    await this.breathe();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#pass(next.due);
      if (next.everyMs === undefined) this.#armed.delete(next);
      next.callback();
      next.due = this.#monotonicMs + (next.everyMs ?? 0);
      await this.breathe();
    }
    this.#pass(end);
  }

  /** Somebody sets the wall clock; no time passes. */
  set(now: number): void {
    this.#now = now;
  }

  #arm(armed: Armed): Timer {
    this.#armed.add(armed);
    return { cancel: () => this.#armed.delete(armed) };
  }

  #next(end: number): Armed | undefined {
    const due = [...this.#armed].filter((armed) => armed.due <= end);
    return due.toSorted((a, b) => a.due - b.due)[0];
  }

  #pass(monotonicMs: number): void {
    this.#now += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}
