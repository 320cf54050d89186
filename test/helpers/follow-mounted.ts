/**
 * Follows a log through one path while it is written and rotated through another, as in a
 * container; prints the lines that came. Run in a mount namespace of its own.
 * Arguments: the path that is followed, the one that is written, how it is rotated.
 */
import { appendFileSync, renameSync, rmSync } from 'node:fs';
import { follow } from './follow.ts';
import { copyAndTruncate, shiftGenerations } from './rotate.ts';

const rotations: Readonly<Record<string, (path: string) => void>> = {
  rename: (path) => renameSync(path, `${path}.1`),
  delete: (path) => rmSync(path),
  copytruncate: copyAndTruncate,
};

const [followed = '', written = '', how = ''] = process.argv.slice(2);
const rotate = rotations[how];
if (rotate === undefined) throw new Error(`unknown rotation ${how}`);

const { follower, lines, has } = follow({ after: () => undefined }, followed);
await follower.caughtUp;
let count = lines.length;
for (let round = 0; round < 20; round += 1) {
  appendFileSync(written, `round ${round}\nand its second line\n`);
  count += 2;
  await has(count);
  shiftGenerations(written, 5);
  rotate(written);
}
appendFileSync(written, 'the end\n');
await has(count + 1);
process.stdout.write(lines.join('\n'));
follower.stop();
