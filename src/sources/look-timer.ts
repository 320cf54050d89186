import type { Clock, Timer } from '../platform/clock.ts';

/** Calls back at an interval that can be changed. */
export class LookTimer {
  readonly #clock: Pick<Clock, 'every'>;
  readonly #onTime: () => void;
  #timer: Timer | undefined;
  #everyMs = 0;

  constructor(clock: Pick<Clock, 'every'>, onTime: () => void) {
    this.#clock = clock;
    this.#onTime = onTime;
  }

  /** Begins, or goes on at another interval; false: it was that one before. */
  every(ms: number): boolean {
    if (ms === this.#everyMs) return false;
    this.cancel();
    this.#everyMs = ms;
    this.#timer = this.#clock.every(ms, this.#onTime);
    return true;
  }

  cancel(): void {
    this.#timer?.cancel();
  }
}
