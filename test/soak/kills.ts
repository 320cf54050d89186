import { isDeepStrictEqual } from 'node:util';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { killed, undisturbed } from '../helpers/kill-run.ts';

/**
 * Kills the daemon (SIGKILL) at random moments while its log is written to and rotated, by rename
 * and by copytruncate; then compares events, state, counters and position with those of a run that
 * nothing disturbed. node test/soak/kills.ts [KILLS] [SEED]
 */
const kills = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 32);
const directory = mkdtempSync(`${tmpdir()}/tunnelwarden-kills-`);
let isEqual = true;
for (const rotation of ['rename', 'copytruncate'] as const) {
  const plan = { rotation, kills, seed };
  const expected = await undisturbed(directory, plan);
  const startedAt = performance.now();
  const actual = await killed(directory, plan, (number) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${rotation}: ${number} of ${kills} kills`);
  });
  const same = isDeepStrictEqual(actual, expected);
  isEqual &&= same;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  process.stdout.write(
    `${rotation}: ${kills} kills in ${seconds} s, seed ${seed}: ${actual.events.length} events, ` +
      `${expected.events.length} undisturbed: ${same ? 'equal' : 'DIFFERENT'}\n`,
  );
}
rmSync(directory, { recursive: true });
process.exitCode = isEqual ? 0 : 1;
