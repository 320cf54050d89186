import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { projectRoot, runTool, skipWithout } from '../helpers/installed-tool.ts';

const unit = 'systemd/tunnelwarden.service';

describe('systemd-analyze', { skip: skipWithout('systemd-analyze') }, () => {
  test('the unit is valid, without a warning', () => {
    const args = ['verify', '--man=no', '--recursive-errors=no', unit];
    assert.deepEqual(runTool('systemd-analyze', args), { status: 0, output: '' });
  });
  test('its exposure stays at 2.0 or below', () => {
    const args = ['security', '--offline=true', '--threshold=20', '--no-pager', unit];
    const { status, output } = runTool('systemd-analyze', args);
    assert.equal(status, 0, output);
    assert.match(output, /Overall exposure level/);
  });
});

test('the sandbox leaves what Node and ip need, and a wrong configuration is not retried', () => {
  const lines = readFileSync(join(projectRoot, unit), 'utf8').split('\n');
  const set = (key: string) => lines.filter((line) => line.startsWith(`${key}=`));
  assert.deepEqual(set('MemoryDenyWriteExecute'), [], "it kills Node's compiler");
  assert.deepEqual(set('PrivateUsers'), [], 'it takes the capability away');
  assert.deepEqual(set('AmbientCapabilities'), ['AmbientCapabilities=CAP_NET_ADMIN']);
  assert.match(set('RestrictAddressFamilies')[0] ?? '', /\bAF_NETLINK\b/);
  assert.deepEqual(set('RestartPreventExitStatus'), ['RestartPreventExitStatus=78']);
});
