import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { applicationId, migrations } from '../../../src/store/migrations.ts';
import { StoreError } from '../../../src/store/database.ts';
import { asNobody } from '../../helpers/as-nobody.ts';
import { inNamespace, skipWithoutNamespace } from '../../helpers/namespace.ts';
import { commitOf, noted, openStore, position } from '../../helpers/store.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

const many = Array.from({ length: 5000 }, (_, i) => noted(`code${i}.${'x'.repeat(200)}`));

/** A database with some content, closed in good order. */
function made(path: string): void {
  const store = openStore(path);
  store.commit(commitOf({ positions: [position('/log/a', 1)], changes: many }));
  store.close();
}

/** Writes garbage into the middle of a file. */
function spoil(path: string, offset: number, bytes = 4096): void {
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, Buffer.alloc(bytes, 0xa5), 0, bytes, offset);
  closeSync(descriptor);
}

/** Opens what cannot be used: it is set aside with a sentence, and a new store works. */
function setsAside(path: string, because: RegExp): void {
  const said: string[] = [];
  const before = readFileSync(path);
  const store = openStore(path, said);
  assert.equal(said.length, 1);
  assert.match(said[0] ?? '', because);
  assert.match(
    said[0] ?? '',
    /; it was moved to .*x\.db\.set-aside-2026-11-23T12-00-00-000Z, and a new history begins$/,
  );
  assert.equal(store.positions().size, 0);
  assert.ok(store.commit(commitOf({ changes: [noted('one')] })).ok);
  store.close();
  const aside = readFileSync(`${path}.set-aside-2026-11-23T12-00-00-000Z`);
  assert.deepEqual(
    aside.subarray(4096),
    before.subarray(4096),
    'but for the header it is as it was',
  );
  const again = openStore(path, said);
  assert.equal(said.length, 1);
  assert.equal(again.history.after(0, 10).length, 1);
  again.close();
}

test('from version 0: an empty file, and one of ours without tables', (t) => {
  const directory = tempDirectory(t);
  writeFileSync(`${directory}/a.db`, '');
  const bare = new DatabaseSync(`${directory}/b.db`);
  bare.exec(`PRAGMA application_id = ${applicationId}; CREATE TABLE x (y); DROP TABLE x`);
  bare.close();
  for (const name of ['a.db', 'b.db']) {
    const said: string[] = [];
    const store = openStore(`${directory}/${name}`, said);
    assert.ok(store.commit(commitOf({ changes: [noted('one')] })).ok);
    store.close();
    assert.deepEqual(said, []);
    const database = new DatabaseSync(`${directory}/${name}`);
    assert.equal(
      database.prepare('PRAGMA user_version').get()?.['user_version'],
      migrations.length,
    );
    assert.equal(
      database.prepare('PRAGMA application_id').get()?.['application_id'],
      applicationId,
    );
    database.close();
  }
});

test('garbage', (t) => {
  const path = `${tempDirectory(t)}/x.db`;
  writeFileSync(path, 'no database at all, but quite a lot of text\n'.repeat(100));
  setsAside(path, /x\.db is not a SQLite database;/);
});

test('truncated', (t) => {
  const path = `${tempDirectory(t)}/x.db`;
  made(path);
  truncateSync(path, statSync(path).size - 3 * 4096);
  setsAside(path, /x\.db is damaged;/);
});

test('a few bytes that were a database', (t) => {
  const path = `${tempDirectory(t)}/x.db`;
  made(path);
  truncateSync(path, 50);
  setsAside(path, /x\.db (is|belongs to) /);
});

test('damaged in the middle while nobody had closed it', (t) => {
  const path = `${tempDirectory(t)}/x.db`;
  made(path);
  const database = new DatabaseSync(path);
  database.exec("INSERT INTO state (kind, name, json) VALUES ('session', '', '{}')");
  database.close();
  spoil(path, Math.floor(statSync(path).size / 8192) * 4096);
  setsAside(path, /x\.db is damaged;/);
});

test('damaged while it is used: the next start sets it aside', (t) => {
  const path = `${tempDirectory(t)}/x.db`;
  made(path);
  const store = openStore(path);
  t.after(() => store.close());
  spoil(path, 4096, statSync(path).size - 4096);
  assert.throws(
    () => store.commit(commitOf({ positions: [position('/log/a', 2)], changes: many })),
    (error) =>
      error instanceof StoreError &&
      /^the database is damaged \(.*\); the next start sets it aside$/.test(error.message),
  );
});

test('a database of another program', (t) => {
  const path = `${tempDirectory(t)}/x.db`;
  const database = new DatabaseSync(path);
  database.exec('CREATE TABLE cookies (value TEXT); PRAGMA user_version = 1');
  database.close();
  setsAside(path, /x\.db belongs to another program;/);
});

test('a database of a later version', (t) => {
  const path = `${tempDirectory(t)}/x.db`;
  made(path);
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 99');
  database.close();
  setsAside(path, /x\.db was written by a later version of tunnelwarden \(schema 99, known 1\);/);
});

test('where even a new one cannot be used', (t) => {
  const path = `${tempDirectory(t)}/x.db`;
  writeFileSync(path, 'garbage'.repeat(1000));
  const refuse = (): string => 'nowhere';
  assert.throws(
    () => openStore(path, [], {}, refuse),
    (error) => error instanceof StoreError && error.message === `${path} is not a SQLite database`,
  );
});

const inUse = /x\.db is in use: another tunnelwarden runs with this state directory$/;

test('a second daemon with the same directory is refused, and disturbs nothing', (t) => {
  const path = `${tempDirectory(t)}/x.db`;
  const store = openStore(path);
  const said: string[] = [];
  assert.throws(
    () => openStore(path, said),
    (error) => error instanceof StoreError && inUse.test(error.message),
  );
  assert.ok(store.commit(commitOf({ changes: [noted('one')] })).ok);
  assert.deepEqual(said, []);
  store.close();
  openStore(path).close();
});

test('a second daemon in another process, and its turn after the first was killed', async (t) => {
  const path = `${tempDirectory(t)}/x.db`;
  const script = `
    const { openStore } = await import(${JSON.stringify(import.meta.resolve('../../helpers/store.ts'))});
    const { commitOf, noted } = await import(${JSON.stringify(import.meta.resolve('../../helpers/store.ts'))});
    const store = openStore(${JSON.stringify(path)});
    store.commit(commitOf({ changes: [noted('one')] }));
    process.stdout.write('ready');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  assert.throws(
    () => openStore(path),
    (error) => error instanceof StoreError && inUse.test(error.message),
  );
  child.kill('SIGKILL');
  await once(child, 'exit');
  const store = openStore(path);
  t.after(() => store.close());
  assert.equal(store.history.after(0, 10).length, 1);
});

test('a directory that is missing, or is no directory', (t) => {
  const directory = tempDirectory(t);
  mkdirSync(`${directory}/y.db`);
  for (const path of [`${directory}/none/x.db`, `${directory}/y.db`]) {
    assert.throws(
      () => openStore(path),
      (error) =>
        error instanceof StoreError &&
        error.message ===
          `${path} cannot be used: unable to open database file; its directory must exist and be writable`,
    );
  }
});

test('a read-only directory, with and without a database in it', async (t) => {
  const directory = `${tempDirectory(t)}/state`;
  mkdirSync(directory, { mode: 0o755 });
  made(`${directory}/x.db`);
  chmodSync(`${directory}/x.db`, 0o644);
  await asNobody(directory, async () => {
    for (const name of ['x.db', 'y.db']) {
      assert.throws(
        () => openStore(`${directory}/${name}`),
        (error) =>
          error instanceof StoreError && error.message.endsWith('must exist and be writable'),
      );
    }
  });
});

const skip = skipWithoutNamespace();

test('a full disk: commits fail as a whole, and go on when there is room', { skip }, (t) => {
  const script = `
    const { openStore, commitOf, noted, position } = await import(${JSON.stringify(import.meta.resolve('../../helpers/store.ts'))});
    const { rmSync, writeFileSync } = await import('node:fs');
    const [directory] = process.argv.slice(1);
    const store = openStore(directory + '/x.db');
    const commit = (offset) => store.commit(commitOf({
      positions: [position('/log/a', offset)],
      changes: Array.from({ length: 500 }, () => noted('x'.repeat(500))),
    }));
    const results = [commit(1).ok];
    try { writeFileSync(directory + '/ballast', Buffer.alloc(8_000_000)); } catch {}
    for (let i = 0; i < 20; i += 1) results.push(commit(2 + i).ok);
    const failed = results.indexOf(false);
    const full = store.commit(commitOf({ changes: [noted('x'.repeat(500_000))] }));
    const held = store.positions().get('/log/a').offset;
    const mayDelete = store.deleteSome(Date.now() + 1e13);
    rmSync(directory + '/ballast');
    const again = commit(99).ok;
    store.close();
    process.stdout.write(JSON.stringify({ failed, held, detail: full.detail, mayDelete, again }));`;
  const directory = tempDirectory(t);
  const mount = 'mount -t tmpfs -o size=4m none "$0" && exec "$@"';
  const node = [process.execPath, '--input-type=module', '-e', script, directory];
  const [program, ...words] = inNamespace;
  const args = [...words, 'sh', '-c', mount, directory, ...node];
  const output = execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe' });
  const { failed, held, detail, again } = JSON.parse(output);
  assert.ok(failed > 0, output);
  assert.equal(held, failed, 'the position is that of the last commit that succeeded');
  assert.match(detail, /full/);
  assert.equal(again, true);
});
