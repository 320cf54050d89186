import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
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
