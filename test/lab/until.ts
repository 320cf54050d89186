import { setTimeout as pause } from 'node:timers/promises';
import { patience } from './pace.ts';

export interface Deadline {
  /** Milliseconds until the wait is given up, on a usual machine. */
  readonly within: number;
  /** What is waited for, for the message. */
  readonly what?: string;
  /** Asked when the wait is given up: what the world looked like instead. */
  readonly detail?: () => string | Promise<string>;
}

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

const isTruthy = <T>(value: T): value is Truthy<T> => Boolean(value);

/** Polls until the condition returns something truthy, and returns it. What the condition throws means "not yet". */
export async function until<T>(
  condition: () => T | Promise<T>,
  { within, what = condition.toString(), detail }: Deadline,
): Promise<Truthy<T>> {
  const limitMs = patience(within);
  const endsAt = performance.now() + limitMs;
  let cause: unknown;
  for (;;) {
    const askedAt = performance.now();
    try {
      cause = undefined;
      const value = await condition();
      if (isTruthy(value)) return value;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > endsAt) break;
    // To ask takes the guest's only CPU: no more than a fifth of it.
    const pauseMs = 4 * (performance.now() - askedAt);
    await pause(Math.min(Math.max(50, pauseMs), 5000));
  }
  const seen = detail === undefined ? '' : `\n${await detail()}`;
  throw new Error(`not within ${limitMs} ms: ${what}${seen}`, cause === undefined ? {} : { cause });
}
