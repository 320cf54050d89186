/** What `true` takes in a guest of an unburdened machine, and how much slower than that a lab can be made. */
const usualMs = 40;
const most = 4;

/**
 * How many times slower than on a usual machine time runs in this process's labs. Commands of a user-mode kernel take up
 * to twenty times as long on one machine as on another; what must not come before they end is put off alike: charon's
 * timers, the daemon's schedules, time-outs and holds.
 */
let pace = 1;

/** Finds out about the machine by what runs `true` in the guest; hosts that are configured later go by it. */
export async function takePace(runTrue: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let time = 0; time < 5; time += 1) {
    const startedAt = performance.now();
    await runTrue();
    times.push(performance.now() - startedAt);
  }
  const median = times.toSorted((a, b) => a - b)[2] ?? usualMs;
  pace = Math.min(most, Math.max(1, Math.round(median / usualMs)));
}

export function atPace(usual: number): number {
  return usual * pace;
}

/** The limit of a whole scenario, which is set before the pace is known. */
export const utmostPatience = (ms: number): number => 2 * most * ms;

/** The limit of a wait, in milliseconds: it is no part of what is tested, and generous. */
export function patience(ms: number): number {
  return 2 * atPace(ms);
}

/** A configuration as text, all of its durations and schedules at the lab's pace. */
export function configAtPace(config: object): string {
  return JSON.stringify(config, (_, value: unknown) =>
    typeof value === 'string' ? textAtPace(value) : value,
  );
}

/** Durations (`8s`, `2m`) and schedules of a step in seconds (`1-59/2 * * * * *`) at the lab's pace; other text as it is. */
export function textAtPace(text: string): string {
  const [, amount, unit] = /^(\d+)([sm])$/.exec(text) ?? [];
  if (amount !== undefined) return `${atPace(Number(amount))}${unit}`;
  const [, from = '', step] = /^(\*|\d+-59)\/(\d+)(?: \*){5}$/.exec(text) ?? [];
  if (step !== undefined) return `${from}/${Math.min(59, atPace(Number(step)))} * * * * *`;
  return text === '* * * * * *' && pace > 1 ? `*/${pace} * * * * *` : text;
}
