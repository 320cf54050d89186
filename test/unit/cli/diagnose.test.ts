import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../../helpers/installed-tool.ts';
import { fixture, save } from '../../helpers/saved-files.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

/** Runs the command line as a user does, away from any configuration. */
function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(projectRoot, 'src/main.ts'), ...args],
    { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } },
  );
  return { status, stdout, stderr };
}

const log = fixture('charon-log/dpd-v2-fw.log');
const recorded = {
  'log/charon.log.1': { recorded: 'charon-log/rekey-v1-fw.log' },
  'log/charon.log': { recorded: 'charon-log/dpd-v2-fw.log' },
  'statusall.txt': { recorded: 'statusall/up.txt' },
  'policy.txt': { recorded: 'xfrm/up-policy.txt' },
  'state.txt': { recorded: 'xfrm/up-state-s-nokeys.txt' },
  'addr.json': { recorded: 'ip/after-addr.json' },
  'notes.txt': 'call the customer back\n',
};

test('--json prints one object, the same however the files are packed', (context) => {
  const directory = tempDirectory(context);
  save(directory, recorded);
  for (const name of Object.keys(recorded))
    utimesSync(join(directory, name), 1_795_435_200, 1_795_435_200);
  execFileSync('gzip', [join(directory, 'log/charon.log.1')]);
  const archive = join(tempDirectory(context), 'support');
  execFileSync('tar', ['-C', directory, '-cf', `${archive}.tar`, '.']);
  execFileSync('tar', ['-C', directory, '-czf', `${archive}.tgz`, '.']);
  const answers = [directory, `${archive}.tar`, `${archive}.tgz`].map((path) => {
    const { status, stdout, stderr } = run('diagnose', '--json', path);
    assert.equal(stderr, '');
    assert.equal(status, 0);
    return stdout.replaceAll(`${path}/./`, '').replaceAll(`${path}/`, '');
  });
  assert.equal(answers[0], answers[1]);
  assert.equal(answers[1], answers[2]);
  const answer: Record<string, Record<string, number>> = JSON.parse(answers[0] ?? '');
  assert.deepEqual(Object.keys(answer), ['tunnels', 'peers', 'groups', 'findings', 'coverage']);
  assert.equal(answer['coverage']?.['lines'], 205);
  assert.equal(answer['coverage']?.['unknown'], 0);
});

test('an archive that is cut off: the rest is reported, and the status tells', (context) => {
  const directory = tempDirectory(context);
  save(directory, recorded);
  const archive = execFileSync('tar', [
    '-C',
    directory,
    '-cf',
    '-',
    'log/charon.log',
    'statusall.txt',
  ]);
  const path = join(directory, 'cut.tar');
  const cutAt = 12_000;
  writeFileSync(path, archive.subarray(0, cutAt));
  const { status, stdout, stderr } = run('diagnose', path);
  assert.equal(status, 1);
  assert.match(stdout, /cut\.tar\/log\/charon\.log: .* 56 lines, 100\.0 % understood/);
  assert.match(stderr, /cut\.tar is cut off; the archive ends at byte 12000, in statusall\.txt$/m);
  assert.match(stdout, /cut\.tar is cut off; the archive ends at byte 12000, in statusall\.txt$/m);
});

const refusals: readonly (readonly [args: readonly string[], status: number, says: RegExp])[] = [
  [
    ['diagnose'],
    64,
    /^tunnelwarden: diagnose: name at least one file\nTry: tunnelwarden --help\n$/,
  ],
  [['diagnose', '--lang', 'fr', log], 64, /--lang is en or ja, not "fr"/],
  [['diagnose', '--wrong', log], 64, /Unknown option '--wrong'/],
  [['diagnose', '--config', '/nowhere.yaml', log], 78, /nowhere\.yaml/],
  [['diagnose', '/nowhere.log'], 1, /^tunnelwarden: \/nowhere\.log does not exist\n$/],
  [
    ['diagnose', process.execPath],
    1,
    /is neither a log of IPsec nor the output of a known command/,
  ],
  [['coverage'], 64, /coverage: name at least one file/],
];

for (const [args, wanted, says] of refusals) {
  test(`tunnelwarden ${args.join(' ')}: status ${wanted}`, () => {
    const { status, stderr } = run(...args);
    assert.equal(status, wanted);
    assert.match(stderr, says);
  });
}

test('an export tells tunnels, and what is wrong with them', () => {
  const entities = fixture('inventory/Entities.xml');
  const { status, stdout } = run('diagnose', '--json', '--entities', entities, log);
  assert.equal(status, 0);
  const answer: Record<string, readonly { name: string; state: string; code: string }[]> =
    JSON.parse(stdout);
  assert.ok((answer['tunnels']?.length ?? 0) > 1);
  assert.ok((answer['findings']?.length ?? 0) > 0);
  const inJapanese = run('diagnose', '--lang', 'ja', '--entities', entities, log);
  assert.match(inJapanese.stdout, /^設定の問題$/m);
});

test('coverage prints patterns that make the rest understood', (context) => {
  const directory = tempDirectory(context);
  const known = readFileSync(log, 'utf8');
  const prefix = '2026-11-23 12:30:00 05[IKE] <Osaka-1|1> ';
  const strange = [
    'the moon is full, phase 27 of 28',
    'the moon is full, phase 28 of 28',
    "\u001b]0;owned\u0007 says 'anything: at all'",
  ];
  const path = join(directory, 'charon.log');
  writeFileSync(path, known + strange.map((message) => `${prefix}${message}\n`).join(''));
  const { status, stdout } = run('coverage', path);
  assert.equal(status, 0);
  assert.doesNotMatch(stdout.replaceAll('\n', ''), /\p{Cc}/u);
  assert.match(stdout, /^# 59 lines, 94\.9 % understood: .*, 3 unknown$/m);
  assert.match(stdout, /^ {2}pattern: 'the moon is full, phase <:int> of <:int>'$/m);
  const config = join(directory, 'warden.yaml');
  const patterns = stdout.split('\n').map((line) => `    ${line}`);
  writeFileSync(config, `logs:\n  patterns:\n${patterns.join('\n')}\n`);
  const again = run('coverage', '--config', config, path);
  assert.match(again.stdout, /^# 59 lines, 100\.0 % understood/m);
});
