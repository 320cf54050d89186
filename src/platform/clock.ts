/** A timer that can be called off. */
export interface Timer {
  cancel(): void;
}

/** The door to time. Tests put a fake one in its place and advance it by hand. */
export interface Clock {
  /** Milliseconds since the epoch; jumps when somebody sets the clock. */
  now(): number;
  /** Milliseconds since some fixed moment; never jumps. */
  monotonicMs(): number;
  /** Calls back once. Timers of this kind do not keep the process alive. */
  after(ms: number, callback: () => void): Timer;
  /** Calls back again and again, each time `ms` after the last call has returned. */
  every(ms: number, callback: () => void): Timer;
  /** Resolves when the event loop has had a turn. */
  breathe(): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(ms, callback) {
    // setTimeout takes no more than 2^31-1 and fires at once beyond it.
    const timer = setTimeout(callback, Math.min(ms, 2 ** 31 - 1)).unref();
    return { cancel: () => clearTimeout(timer) };
  },
  every(ms, callback) {
    let cancelled = false;
    const timer = setTimeout(() => {
      callback();
      if (!cancelled) timer.refresh();
    }, ms).unref();
    return {
      cancel: () => {
        cancelled = true;
        clearTimeout(timer);
      },
    };
  },
  async breathe() {
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    await promise;
  },
};

/** Milliseconds since the epoch → the form that libraries want. */
export function dateOf(at: number): Date {
  return new Date(at);
}

/** Milliseconds since the epoch → `2026-11-23T11:50:32.000Z`. */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

/** Milliseconds since the epoch → `2026-11-23 12:50:32` in a zone, an IANA name. */
export function localTime(at: number, zone: string): string {
  return new Date(at).toLocaleString('sv-SE', { timeZone: zone });
}

/** ISO 8601 → milliseconds since the epoch; NaN when it is none. */
export function parseIsoTime(text: string): number {
  return Date.parse(text);
}
