import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { follow } from '../../helpers/follow.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

const writer = fileURLToPath(new URL('../../helpers/log-writer.ts', import.meta.url));
const count = 200_000;

for (const mode of ['rename', 'delete'] as const) {
  test(`a fast writer, ${mode} and create every 50 ms: nothing missing, nothing doubled`, async (t) => {
    const directory = tempDirectory(t);
    const path = `${directory}/charon.log`;
    const { follower, has, lines } = follow(t, path);
    const child = spawn(process.execPath, [writer, path, String(count), mode, '50'], {
      stdio: 'inherit',
    });
    const [status] = await once(child, 'exit');
    assert.equal(status, 0);
    await has(count);
    const wrong = lines.findIndex((line, i) => !line.startsWith(`line ${i} of`));
    assert.equal(wrong, -1, `line ${wrong} is ${lines[wrong] ?? ''}`);
    assert.equal(lines.length, count);
    assert.equal(follower.status.lostBytes, 0);
    const { rotations } = follower.status;
    assert.ok(rotations > 0);
    if (mode === 'rename') assert.equal(rotations, readdirSync(directory).length - 1);
  });
}
