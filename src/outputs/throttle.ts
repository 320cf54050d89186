import type { Clock } from '../platform/clock.ts';

/** So many wrong passwords an address has, then it waits until this long after the first. */
const mostFailures = 10;
const windowMs = 60_000;

/** Addresses that are remembered; one more forgets the one whose first failure is longest ago. */
const mostAddresses = 4096;

interface Failures {
  readonly since: number;
  readonly count: number;
}

/** Failures of authentication by client address: bounded in memory, whoever asks. */
export class Throttle {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #failures = new Map<string, Failures>();

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** How many seconds the address has to wait; 0 when it may try. */
  waitSeconds(address: string): number {
    const { since, count } = this.#of(address);
    if (count < mostFailures) return 0;
    return Math.ceil((since + windowMs - this.#clock.monotonicMs()) / 1000);
  }

  /** Counts a failure; true when it is the last one before the address has to wait. */
  fail(address: string): boolean {
    const { since, count } = this.#of(address);
    const key = subnetOf(address);
    this.#failures.set(key, { since, count: count + 1 });
    if (this.#failures.size > mostAddresses) {
      for (const oldest of this.#failures.keys()) {
        this.#failures.delete(oldest);
        break;
      }
    }
    return count + 1 === mostFailures;
  }

  #of(address: string): Failures {
    const now = this.#clock.monotonicMs();
    const known = this.#failures.get(subnetOf(address));
    if (known !== undefined && now - known.since < windowMs) return known;
    this.#failures.delete(subnetOf(address));
    return { since: now, count: 0 };
  }
}

/** One host has all of an IPv6 /64: it is one address here. */
function subnetOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').length;
  const all = [
    ...groups,
    ...Array.from({ length: missing }, () => '0'),
    ...(tail ?? '').split(':'),
  ];
  return all
    .slice(0, 4)
    .map((group) => group || '0')
    .join(':');
}
