import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRemoteGenerations, parseRemotePart } from '../../../src/parsers/remote-file.ts';
import { sshComplaint } from '../../../src/parsers/ssh-complaint.ts';

for (const [what, line] of [
  ['coreutils', '1234 -rw-r--r-- 1 0 0 77 Nov 25 19:07 /proc/self/fd/3'],
  ['busybox', '   1234 -rw-r--r--    1 0        0               77 Nov 25 19:07 /proc/self/fd/3'],
] as const) {
  test(`part of a remote file: ${what}`, () => {
    const bytes = 'a\nb\u00ff';
    assert.deepEqual(parseRemotePart(`${line}\n${bytes}`), { inode: '1234', sizeBytes: 77, bytes });
  });
}

for (const text of ['', 'no line', 'sh: not found\n', '1234 -rw-r--r--\n', '\n1 - 1 0 0 7 x\n']) {
  test(`no part of a remote file: ${JSON.stringify(text)}`, () => {
    assert.equal(parseRemotePart(text), undefined);
  });
}

test('generations of a remote log, oldest first', () => {
  const line = (inode: number, path: string) => `${inode} -rw-r--r-- 1 0 0 7 Nov 25 19:07 ${path}`;
  const listing = [
    line(1, '/log/c.log.1'),
    line(2, '/log/c.log.10'),
    line(3, '/log/c.log.2.gz'),
    line(4, '/log/c.log-20261124'),
    line(5, '/log/c.log-20261123'),
    line(7, '/log/c.log-20261125'),
    line(6, '/other'),
    'ls: nothing',
    '',
  ].join('\n');
  assert.deepEqual(
    parseRemoteGenerations(listing, '/log/c.log').map(({ inode }) => inode),
    ['2', '1', '5', '4', '7'],
  );
});

for (const [stderr, said] of [
  [
    '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.',
    /not the one that is known/,
  ],
  ['Host key verification failed.', /is not known: compare/],
  ['No ED25519 host key is known for fw and you have requested strict checking.', /is not known/],
  ['root@fw: Permission denied (publickey).', /does not let us in/],
  ['Load key "/k": invalid format', /private key cannot be used/],
  ['ssh: Could not resolve hostname fw: Name or service not known', /cannot be resolved/],
  ['ssh: connect to host fw port 22: Connection refused', /nobody listens/],
  ['ssh: connect to host fw port 22: Connection timed out', /cannot be reached/],
  ['Connection closed by 192.0.2.1 port 22', /has closed/],
  ['\n  something new\nand more', /^ssh failed: something new$/],
  ['', /^ssh failed: it did not say why$/],
] as const) {
  test(`ssh: ${JSON.stringify(stderr)}`, () => assert.match(sshComplaint(stderr), said));
}
