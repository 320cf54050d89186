import { setTimeout } from 'node:timers/promises';

const patienceMs = 20_000;

/** Waits for something that the outside world brings about; the test ends when it holds. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${patienceMs} ms: ${what}`);
    await setTimeout(1);
  }
}
