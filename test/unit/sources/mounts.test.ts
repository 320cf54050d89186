import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { projectRoot } from '../../helpers/installed-tool.ts';
import { inNamespace, skipWithoutNamespace } from '../../helpers/namespace.ts';

/** Each has the log in `merged`; its writer knows it in another directory. */
const mounts: readonly (readonly [name: string, script: string, writer: string])[] = [
  [
    'an overlay whose log is still in the lower layer',
    'mount -t overlay none -o lowerdir=lower,upperdir=upper,workdir=work merged',
    'merged',
  ],
  ['a directory that is bind-mounted', 'mount --bind lower merged', 'lower'],
  [
    'a directory that is bind-mounted read-only out of an overlay',
    `mount -t overlay none -o lowerdir=lower,upperdir=upper,workdir=work host
     mount --bind host merged && mount -o remount,bind,ro merged`,
    'host',
  ],
];

const [program, ...words] = inNamespace;
const follower = join(projectRoot, 'test/helpers/follow-mounted.ts');

function expected(): readonly string[] {
  const rounds = Array.from({ length: 20 }, (_, i) => [`round ${i}`, 'and its second line']);
  return ['from before', ...rounds.flat(), 'the end'];
}

describe('logs on other file systems', { skip: skipWithoutNamespace() }, () => {
  for (const [name, script, writer] of mounts) {
    for (const how of ['rename', 'delete', 'copytruncate']) {
      test(`${name}: ${how}`, () => {
        const setUp = `mount -t tmpfs none /mnt; cd /mnt
          mkdir lower upper work host merged; echo 'from before' > lower/charon.log
          ${script}
          exec "$0" "$1" /mnt/merged/charon.log /mnt/${writer}/charon.log ${how}`;
        const { status, stdout, stderr } = spawnSync(
          program,
          [...words, 'sh', '-ec', setUp, process.execPath, follower],
          { encoding: 'utf8', timeout: 60_000 },
        );
        assert.equal(status, 0, stderr);
        assert.deepEqual(stdout.split('\n'), expected());
      });
    }
  }
});
