import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { systemFiles } from '../../../src/platform/files.ts';
import { asNobody } from '../../helpers/as-nobody.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';
import { until } from '../../helpers/until.ts';

test('an open file stays the same whatever becomes of its name', (t) => {
  const path = `${tempDirectory(t)}/file`;
  writeFileSync(path, Buffer.of(0x61, 0xc3, 0xa4, 0x00, 0xff));
  const opened = systemFiles.open(path);
  assert.ok(opened.ok);
  const { file } = opened;
  t.after(() => file.close());
  const { inode, device, sizeBytes } = file.status();
  rmSync(path);
  writeFileSync(path, 'another');
  assert.equal(file.read(0, 100), 'a\xc3\xa4\0\xff');
  assert.equal(file.read(3, 1), '\0');
  assert.equal(file.read(5, 10), '');
  assert.equal(sizeBytes, 5);
  const other = systemFiles.status(path);
  assert.equal(other?.device, device);
  assert.notEqual(other?.inode, inode);
  assert.match(file.descriptorPath, /^\/proc\/self\/fd\/\d+$/);
});

test('what cannot be opened, and why', async (t) => {
  const directory = tempDirectory(t);
  const refused = (path: string): readonly string[] => {
    const opened = systemFiles.open(path);
    return opened.ok ? [] : [opened.reason, opened.detail];
  };
  assert.deepEqual(refused(`${directory}/none`), ['missing', `${directory}/none does not exist`]);
  writeFileSync(`${directory}/file`, '');
  const below = `${directory}/file/below`;
  assert.deepEqual(refused(below), ['missing', `${below} does not exist`]);
  assert.deepEqual(refused(directory), ['not-a-file', `${directory} is not a regular file`]);
  execFileSync('mkfifo', [`${directory}/fifo`]);
  assert.equal(refused(`${directory}/fifo`)[0], 'not-a-file');
  const long = `${directory}/${'x'.repeat(300)}`;
  assert.match(String(refused(long)), /^failed,.*ENAMETOOLONG/);
  writeFileSync(`${directory}/secret`, '', { mode: 0 });
  await asNobody(`${directory}/secret`, async () => {
    const secret = `${directory}/secret`;
    assert.deepEqual(refused(secret), ['denied', `${secret} may not be read by this user`]);
  });
});

test('statuses and listings of what is not there', (t) => {
  const directory = tempDirectory(t);
  assert.equal(systemFiles.status(`${directory}/none`), undefined);
  assert.deepEqual(systemFiles.list(`${directory}/none`), []);
  writeFileSync(`${directory}/a`, '');
  assert.deepEqual(systemFiles.list(directory), ['a']);
});

test('small files as a whole', (t) => {
  const path = `${tempDirectory(t)}/file`;
  writeFileSync(path, 'Ärger');
  assert.deepEqual(systemFiles.readText(path), { ok: true, text: 'Ärger' });
  const read = systemFiles.readText(`${path}.none`);
  assert.match(read.ok ? '' : read.detail, /^ENOENT: no such file/);
});

test('a watched directory tells of names and of writes', async (t) => {
  const directory = tempDirectory(t);
  const seen: string[] = [];
  const watch = systemFiles.watchDirectory(directory, (name, isRename) => {
    seen.push(`${name} ${isRename ? 'named' : 'written'}`);
  });
  t.after(() => watch.close());
  assert.equal(watch.isOn(directory), true);
  writeFileSync(`${directory}/a`, 'text');
  await until('creation and write', () => seen.includes('a named') && seen.includes('a written'));
  renameSync(`${directory}/a`, `${directory}/b`);
  await until('the new name', () => seen.includes('b named'));
});

test('a watch is on a directory, not on its name', (t) => {
  const directory = `${tempDirectory(t)}/log`;
  assert.equal(systemFiles.watchDirectory(directory, () => undefined).isOn(directory), false);
  mkdirSync(directory);
  const watch = systemFiles.watchDirectory(directory, () => undefined);
  t.after(() => watch.close());
  renameSync(directory, `${directory}.old`);
  assert.equal(watch.isOn(directory), false);
  mkdirSync(directory);
  assert.equal(watch.isOn(directory), false);
});
