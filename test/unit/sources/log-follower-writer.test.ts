import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { follow } from '../../helpers/follow.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';
import { until } from '../../helpers/until.ts';

const writer = fileURLToPath(new URL('../../helpers/log-writer.ts', import.meta.url));
const count = 200_000;

/** Follows a log while it is written and rotated eight times, to its end; the numbers of its lines. */
async function followed(t: TestContext, mode: string, everyMs: number) {
  const pace = String((count * 1000) / (everyMs * 8));
  const directory = tempDirectory(t);
  const path = `${directory}/charon.log`;
  const { follower, lines } = follow(t, path);
  const child = spawn(
    process.execPath,
    [writer, path, String(count), mode, String(everyMs), pace],
    {
      stdio: 'inherit',
    },
  );
  const [status] = await once(child, 'exit');
  assert.equal(status, 0);
  await until('the last line', () => lines.at(-1)?.startsWith(`line ${count - 1} of`) ?? false);
  const numbers = lines.map((line) => {
    const number = /^line (\d+) of a log that is written fast$/.exec(line)?.[1];
    assert.ok(number !== undefined, `a garbled line: ${line}`);
    return Number(number);
  });
  return { directory, numbers, status: follower.status };
}

// What was deleted before it was seen is gone: the time between must be longer than a test machine
// may be busy with others.
for (const [mode, everyMs] of [
  ['rename', 50],
  ['create', 50],
  ['delete', 500],
] as const) {
  test(`a fast writer, ${mode} every ${everyMs} ms: nothing missing, nothing doubled`, async (t) => {
    const { directory, numbers, status } = await followed(t, mode, everyMs);
    const wrong = numbers.findIndex((number, i) => number !== i);
    assert.equal(wrong, -1, `line ${wrong} is number ${numbers[wrong]}`);
    assert.equal(numbers.length, count);
    assert.equal(status.lostBytes, 0);
    assert.ok(status.rotations > 0);
    if (mode === 'rename') assert.equal(status.rotations, readdirSync(directory).length - 1);
  });
}

for (const mode of ['copytruncate', 'truncate'] as const) {
  test(`a fast writer, ${mode} every 50 ms: no line twice, none out of order`, async (t) => {
    const { numbers, status } = await followed(t, mode, 50);
    const wrong = numbers.findIndex((number, i) => number <= (numbers[i - 1] ?? -1));
    assert.equal(wrong, -1, `line ${wrong} is number ${numbers[wrong]}`);
    assert.ok(status.rotations > 0);
    // The writer copies and truncates between two writes: the copy has everything.
    if (mode === 'copytruncate') assert.equal(numbers.length, count);
  });
}
