import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { commitOf, noted, openStore, position } from '../../helpers/store.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

const commits = 60;
const changesACommit = 7;

/**
 * What a power cut leaves with `synchronous = NORMAL`: the database as of its last checkpoint, and of
 * the log of later commits as much as the disk happened to have written, in any state.
 */
test('whatever a power cut leaves of the last commits: position and history are in step', (t) => {
  const directory = tempDirectory(t);
  const store = openStore(`${directory}/x.db`);
  for (let i = 1; i <= commits; i += 1) {
    const changes = Array.from({ length: changesACommit }, () => noted(`c${i}`));
    assert.ok(store.commit(commitOf({ positions: [position('/log/a', i)], changes })).ok);
  }
  const [database, log] = [`${directory}/x.db`, `${directory}/x.db-wal`].map((path) =>
    readFileSync(path),
  );
  assert.ok(log!.length > 100_000, 'the commits are in the log');
  const seen = new Set<number>();
  fc.assert(
    fc.property(
      fc.nat({ max: log!.length }),
      fc.option(fc.nat({ max: log!.length - 1 })),
      (length, torn) => {
        const rest = Buffer.from(log!.subarray(0, length));
        // A block that never reached the disk, before others that did.
        if (torn !== null) rest.fill(0, Math.min(torn, length), Math.min(torn + 4096, length));
        writeFileSync(`${directory}/y.db`, database!);
        writeFileSync(`${directory}/y.db-wal`, rest);
        const said: string[] = [];
        const after = openStore(`${directory}/y.db`, said);
        const offset = after.positions().get('/log/a')?.offset ?? 0;
        assert.equal(after.history.after(0, 10_000).length, offset * changesACommit);
        assert.deepEqual(said, []);
        seen.add(offset);
        after.close();
      },
    ),
    { numRuns: 150 },
  );
  assert.ok(seen.size > 20, `${seen.size} different ends`);
  store.close();
});

test('a copy of a database that was in use is whole', (t) => {
  const directory = tempDirectory(t);
  const store = openStore(`${directory}/x.db`);
  store.commit(commitOf({ positions: [position('/log/a', 1)], changes: [noted('c')] }));
  for (const suffix of ['', '-wal']) {
    assert.ok(existsSync(`${directory}/x.db${suffix}`));
    copyFileSync(`${directory}/x.db${suffix}`, `${directory}/y.db${suffix}`);
  }
  const copy = openStore(`${directory}/y.db`);
  assert.equal(copy.positions().get('/log/a')?.offset, 1);
  copy.close();
  store.close();
});
