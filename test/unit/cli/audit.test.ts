import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { tempDirectory } from '../../helpers/temp-directory.ts';

const root = join(import.meta.dirname, '../../..');
const entities = join(root, 'test/fixtures/inventory/Entities.xml');

function audit(...args: readonly string[]) {
  return tunnelwarden('audit', ...args);
}

function tunnelwarden(...args: readonly string[]) {
  const argv = [join(root, 'src/main.ts'), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('the findings of an export, for a person', () => {
  const { status, stdout } = audit('--entities', entities);
  assert.equal(status, 1);
  assert.match(stdout, /^error group-remote-id: Sendai_Group\n {2}The members/m);
  assert.match(stdout, /^warning idle-timeout: Sendai\n/m);
  assert.match(stdout, /\n {2}3DES, 5\(DH1536\)\n/);
  assert.match(stdout, /^6 findings, 4 tunnels$/m);
});

test('the same for a program, in Japanese', () => {
  const { stdout } = audit('--entities', entities, '--json', '--lang', 'ja');
  const { findings, problems } = JSON.parse(stdout);
  assert.equal(findings.length, 6);
  assert.deepEqual(problems, []);
  assert.match(findings[0].problem, /。$/);
});

test('without an inventory there is nothing to find', () => {
  assert.deepEqual(audit(), { status: 0, stdout: '0 findings, 0 tunnels\n', stderr: '' });
});

test('what is no export is said in a sentence', () => {
  const { status, stderr } = audit('--entities', join(root, 'package.json'));
  assert.equal(status, 64);
  assert.match(stderr, /package\.json is no export with IPsec connections: line 1: /);
  const missing = audit('--entities', '/nowhere.xml');
  assert.match(missing.stderr, /audit: .*nowhere\.xml/);
  assert.match(audit('--lang', 'de').stderr, /--lang is en or ja, not "de"/);
});

test('an export in its archive, packed or not', (t) => {
  const directory = tempDirectory(t);
  const archive = (name: string, options: string, file: string): string => {
    const path = join(directory, name);
    execFileSync('tar', [options, path, '-C', dirname(file), basename(file)]);
    return path;
  };
  const { stdout: plain } = audit('--entities', entities);
  const tar = archive('export.tar', '-cf', entities);
  for (const path of [tar, archive('export.tgz', '-czf', entities)]) {
    assert.deepEqual(audit('--entities', path), { status: 1, stdout: plain, stderr: '' });
  }
  const other = archive('other.tar', '-cf', join(root, 'package.json'));
  const cut = join(directory, 'cut.tar');
  writeFileSync(cut, readFileSync(tar).subarray(0, 3000));
  const packed = join(directory, 'log.gz');
  writeFileSync(packed, gzipSync('no export'));
  for (const [path, said] of [
    [other, /other\.tar is an archive without an Entities\.xml/],
    [cut, /cut\.tar is cut off: \d+ of its \d+ bytes are missing/],
    [packed, /log\.gz is no export with IPsec connections/],
  ] as const) {
    const { status, stderr } = audit('--entities', path);
    assert.equal(status, 64);
    assert.match(stderr, said);
  }
});

test('check names what an export has and this release does not know', (t) => {
  const directory = tempDirectory(t);
  const [config, xml] = [join(directory, 'config.yaml'), join(directory, 'Entities.xml')];
  const news = Array.from({ length: 25 }, (_, i) => `<New${i}>x</New${i}>`).join('');
  const text = readFileSync(entities, 'utf8');
  const often = text.replace('<Flavour>', `<Often>1</Often><Often>2</Often>${news}<Flavour>`);
  writeFileSync(config, `inventory: { entities: ['${entities}', '${xml}'] }\n`);
  writeFileSync(xml, often);
  const lines = tunnelwarden('check', '--config', config).stdout.split('\n');
  assert.deepEqual(lines[0], 'Not known here, and left out: Configuration/Flavour (1)');
  assert.match(
    lines[1] ?? '',
    /left out: Configuration\/Often \(2\), Configuration\/Flavour \(1\), .*, 7 more$/,
  );
});

test('the connections of an ipsec.conf, named by a flag or by the configuration', (t) => {
  const directory = tempDirectory(t);
  const [conf, config] = [join(directory, 'ipsec.conf'), join(directory, 'config.yaml')];
  writeFileSync(conf, 'conn a\n  auto=add\n  ike=3des-md5-modp1024!\nconn b\n  auto=soon\n');
  writeFileSync(config, `inventory: { ipsec_conf: ['${directory}/ipsec.*', /nowhere.conf] }\n`);
  for (const args of [
    ['--ipsec-conf', conf],
    ['--config', config],
  ]) {
    const { status, stdout } = audit(...args);
    assert.equal(status, 0);
    assert.match(stdout, /^warning weak-algorithm: a\n/m);
    assert.match(stdout, /^not taken over: .*ipsec\.conf:5: auto=soon is none of /m);
    assert.match(stdout, /^1 finding, 2 tunnels$/m);
  }
  const { status, stdout } = tunnelwarden('check', '--config', config);
  assert.equal(status, 0);
  assert.match(stdout, /^Not taken over: .*ipsec\.conf:5: auto=soon/m);
  assert.match(stdout, /^Not read: \/nowhere\.conf does not exist$/m);
  assert.match(stdout, /is good: 0 tunnels, 2 in 2 inventory sources and whatever/);
  writeFileSync(conf, 'x\n');
  assert.match(
    audit('--ipsec-conf', conf).stderr,
    /ipsec\.conf has no connections: .*ipsec\.conf:1: neither a section/,
  );
});
