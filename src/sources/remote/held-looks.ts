import type { TunnelEvent } from '../../events/tunnel-event.ts';
import type { Clock, Timer } from '../../platform/clock.ts';
import type { OnEvents } from '../source.ts';

interface HeldLooksDependencies {
  readonly clock: Clock;
  readonly onEvents: OnEvents;
  /** As of when every line of the logs has been applied, milliseconds since the epoch. */
  readonly readAsOf: () => number;
}

/** What a look has seen waits no longer than this for the logs: two time-outs of a copy, and some. */
const patienceMs = 60_000;

interface HeldLook {
  readonly events: readonly TunnelEvent[];
  /** When the look was over, milliseconds since the epoch: it may take seconds, and see things happen. */
  readonly endedAt: number;
  /** Monotonic, milliseconds. */
  readonly until: number;
}

/**
 * Holds what looks have seen until the lines that were written before they were over have been applied:
 * a line tells the moment and the cause, and must not come after the look that only shows the
 * effect. Where logs are copied from another host it would, more often than not.
 */
export class HeldLooks {
  readonly #dependencies: HeldLooksDependencies;
  readonly #held: HeldLook[] = [];
  #timer: Timer | undefined;

  constructor(dependencies: HeldLooksDependencies) {
    this.#dependencies = dependencies;
  }

  /** Passes events on, now or later, in their order. */
  take(events: readonly TunnelEvent[]): void {
    const { clock } = this.#dependencies;
    if (events.length === 0) return;
    this.#held.push({ events, endedAt: clock.now(), until: clock.monotonicMs() + patienceMs });
    this.release();
  }

  /** The logs may have been read further. */
  release(): void {
    const { clock, onEvents, readAsOf } = this.#dependencies;
    this.#timer?.cancel();
    for (let first = this.#held[0]; first !== undefined; first = this.#held[0]) {
      const { events, endedAt, until } = first;
      const waitMs = until - clock.monotonicMs();
      if (waitMs > 0 && endedAt >= readAsOf()) {
        this.#timer = clock.after(waitMs, () => this.release());
        return;
      }
      this.#held.shift();
      onEvents(events);
    }
  }

  stop(): void {
    this.#timer?.cancel();
    this.#held.length = 0;
  }
}
