import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { systemClock } from '../../../src/platform/clock.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import { loadInventory } from '../../../src/sources/inventory-load.ts';
import type { InventorySource } from '../../../src/sources/inventory-load.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

const dependencies = {
  clock: systemClock,
  files: systemFiles,
  ownAddresses: () => new Set<string>(),
};

function directory(t: TestContext, files: Readonly<Record<string, string>>) {
  const root = tempDirectory(t);
  const write = (more: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(more)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
  };
  write(files);
  const load = async (name: string, kind: InventorySource['kind'] = 'ipsec-conf') => {
    const reading = await loadInventory({ kind, path: join(root, name) }, dependencies);
    const { file, detail } = reading;
    return {
      ...reading,
      names: file?.tunnels.map((tunnel) => tunnel.name),
      problems: file?.problems.map((one) => one.replaceAll(`${root}/`, '')),
      detail: detail.replaceAll(`${root}/`, ''),
    };
  };
  return { root, write, load };
}

const conn = (name: string, more = ''): string => `conn ${name}\n  auto=add\n${more}`;

test('an included file stands in the place of its include, beside the file that includes it', async (t) => {
  const { load } = directory(t, {
    'ipsec.conf': `conn a\n  include more/settings.inc\n  auto=add\n${conn('b')}`,
    'more/settings.inc': '  right=10.0.0.1\ninclude deeper.inc\n',
    'more/deeper.inc': '  left=10.0.0.2\n',
  });
  const { file, problems } = await load('ipsec.conf');
  assert.deepEqual(problems, []);
  assert.deepEqual(
    file?.tunnels.map(({ name, local, remote }) => [name, local, remote]),
    [
      ['a', '10.0.0.2', '10.0.0.1'],
      ['b', undefined, undefined],
    ],
  );
});

test('wildcards name files in their alphabetical order; one scope for all', async (t) => {
  const { load, root } = directory(t, {
    'ipsec.conf': 'conn %default\n  keyexchange=ikev1\ninclude */x[12].conf\n',
    'b/x1.conf': conn('b1'),
    'a/x2.conf': conn('a2'),
    'a/x1.conf': conn('a1'),
    'a/x3.conf': conn('a3'),
    'a/.x1.conf': conn('hidden'),
  });
  const { file, names } = await load('ipsec.conf');
  assert.deepEqual(names, ['a1', 'a2', 'b1']);
  assert.deepEqual(
    file?.tunnels.map(({ version, origin }) => [version, origin.slice(root.length)]),
    [
      [1, '/a/x1.conf'],
      [1, '/a/x2.conf'],
      [1, '/b/x1.conf'],
    ],
  );
  assert.deepEqual((await load('a/*.conf')).names, ['a1', 'a2', 'a3']);
});

test('a relative path begins in the working directory, also with wildcards or an include', async (t) => {
  const { root } = directory(t, {
    'ipsec.conf': 'include more/*.conf\n',
    'more/a.conf': conn('a'),
  });
  const before = process.cwd();
  t.after(() => process.chdir(before));
  process.chdir(root);
  for (const path of ['ipsec.conf', 'more/*.conf']) {
    const { file } = await loadInventory({ kind: 'ipsec-conf', path }, dependencies);
    assert.deepEqual(
      file?.tunnels.map((tunnel) => tunnel.name),
      ['a'],
    );
  }
});

test('what cannot be read is a problem of its include', async (t) => {
  const { load, root } = directory(t, {
    'ipsec.conf': `include gone.conf\ninclude none/*.conf\ninclude d\ninclude pipe\n${conn('a')}`,
    'd/x': '',
  });
  spawnSync('mkfifo', [join(root, 'pipe')]);
  const { names, problems } = await load('ipsec.conf');
  assert.deepEqual(names, ['a']);
  assert.deepEqual(problems, [
    'ipsec.conf:1: gone.conf does not exist',
    'ipsec.conf:3: d is not a regular file',
    'ipsec.conf:4: pipe is not a regular file',
  ]);
  const none = await load('nowhere.conf');
  assert.deepEqual([none.file, none.detail], [undefined, 'nowhere.conf does not exist']);
  assert.equal((await load('none/*.conf')).detail, 'there is no file none/*.conf');
});

test('files of secrets are never opened', async (t) => {
  const { load, root } = directory(t, {
    'ipsec.conf': `include ipsec.*\n${conn('a')}`,
    'ipsec.secrets': ': PSK "5ec2e75"\n',
  });
  const opened: string[] = [];
  const files = {
    ...systemFiles,
    open(path: string) {
      opened.push(path);
      return systemFiles.open(path);
    },
  };
  const path = join(root, 'ipsec.conf');
  const { file } = await loadInventory({ kind: 'ipsec-conf', path }, { ...dependencies, files });
  assert.ok(!opened.some((one) => one.endsWith('.secrets')));
  assert.ok(!JSON.stringify(file).includes('5ec2e75'));
  assert.equal((await load('ipsec.secrets')).detail, 'ipsec.secrets is not read: it holds secrets');
});

test('includes in a circle, and files without end, are given up', async (t) => {
  const { load, root } = directory(t, {
    'a.conf': `include a.conf\n${conn('a')}`,
    'many/1.conf': `include *.conf\n${conn('b')}`,
  });
  const { names, problems } = await load('a.conf');
  assert.deepEqual(names, ['a']);
  assert.deepEqual(problems, ['a.conf:1: includes go more than 10 deep']);
  for (let i = 2; i < 30; i += 1)
    writeFileSync(join(root, `many/${i}.conf`), 'include *.conf\nconn x\n');
  const many = await load('many/*.conf');
  assert.deepEqual(many.names, ['b', 'x']);
  assert.match(many.problems?.[20] ?? '', /^\d+ more of these$/);
  writeFileSync(join(root, 'large.conf'), Buffer.alloc(17 * 2 ** 20, 35));
  assert.match((await load('large.conf')).detail, /too large for connections$/);
});

test('a change of anything that was read, or that a pattern names, is seen', async (t) => {
  const { load, write, root } = directory(t, {
    'ipsec.conf': 'include gone.conf\ninclude d/*.conf\n',
    'd/a.conf': conn('a'),
  });
  const holds = async ({ sightings }: Awaited<ReturnType<typeof load>>) =>
    sightings.hold(dependencies);
  let reading = await load('ipsec.conf');
  assert.equal(await holds(reading), true);
  const steps = [
    () => write({ 'd/a.conf': conn('changed') }),
    () => write({ 'd/b.conf': conn('b') }),
    () => rmSync(join(root, 'd/a.conf')),
    () => write({ 'gone.conf': conn('back') }),
  ];
  for (const step of steps) {
    step();
    assert.equal(await holds(reading), false);
    reading = await load('ipsec.conf');
    assert.equal(await holds(reading), true);
  }
  assert.deepEqual(reading.names, ['back', 'b']);
});
