import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseInterfaces } from '../../src/parsers/ip-addr.ts';
import { parseMonitorLine } from '../../src/parsers/ip-monitor.ts';
import { parseStatusall } from '../../src/parsers/statusall.ts';
import { parseXfrmPolicies } from '../../src/parsers/xfrm-policy.ts';
import { parseXfrmStat } from '../../src/parsers/xfrm-stat.ts';
import { parseXfrmStates } from '../../src/parsers/xfrm-state.ts';

const parsers: readonly ((text: string) => unknown)[] = [
  parseStatusall,
  parseXfrmStates,
  parseXfrmPolicies,
  parseXfrmStat,
  parseInterfaces,
  (text) => text.split('\n').map(parseMonitorLine),
];

const fixtures = join(import.meta.dirname, '../fixtures');
const recordings = ['statusall', 'xfrm', 'ip'].flatMap((folder) =>
  readdirSync(join(fixtures, folder))
    .filter((name) => /\.(?:txt|json)$/.test(name))
    .map((name) => readFileSync(join(fixtures, folder, name), 'utf8')),
);
const lines = [...new Set(recordings.flatMap((text) => text.split('\n')))];

test('no text makes a parser throw', () => {
  assert.ok(lines.length > 500);
  const piece = fc.tuple(fc.constantFrom(...lines), fc.nat(), fc.nat());
  const damaged = piece.map(([line, from, to]) => line.slice(from % 40, to));
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.oneof(fc.constantFrom(...lines), damaged, fc.string()), { maxLength: 60 }),
    fc.json().map((json) => [json]),
  );
  fc.assert(
    fc.property(text, (parts) => {
      const output = typeof parts === 'string' ? parts : parts.join('\n');
      for (const parse of parsers) parse(output);
    }),
    { numRuns: 400 },
  );
});

test('every recording, cut off anywhere, is read or refused', () => {
  fc.assert(
    fc.property(fc.constantFrom(...recordings), fc.nat(), (text, end) => {
      for (const parse of parsers) parse(text.slice(0, end % (text.length + 1)));
    }),
    { numRuns: 400 },
  );
});

const size = 1_000_000;
const first = 'HQ[1]: ESTABLISHED 1 second ago, 192.0.2.1[';
const hostile: readonly (readonly [prefix: string, repeated: string])[] = [
  ['', ' '],
  ['', '\n'],
  ['', '\\'],
  ['', '['],
  ['', '{"a":['],
  ['', '9'],
  ['', 'x\n'],
  ['Security Associations (1 up, 0 connecting):\n', 'HQ[1]: '],
  ['Security Associations (1 up, 0 connecting):\n', '[1]: A'],
  ['Security Associations (1 up, 0 connecting):\n', '{1}:  '],
  ['Security Associations (1 up, 0 connecting):\n', '{1}:  A, '],
  ['Security Associations (1 up, 0 connecting):\n', '[1'],
  [`Security Associations (1 up, 0 connecting):\n${first}`, ']...'],
  [`Security Associations (1 up, 0 connecting):\n${first}`, ']...1.1.1.1'],
  [`Security Associations (1 up, 0 connecting):\n${first}`, ']...1.1.1.1['],
  ['Security Associations (1 up, 0 connecting):\nHQ{1}:  ', '1, '],
  ['Security Associations (1 up, 0 connecting):\nHQ{1}:  INSTALLED, TUNNEL\nHQ{1}:  ', '1, '],
  ['Security Associations (1 up, 0 connecting):\nHQ{1}:  INSTALLED, TUNNEL\nHQ{1}:   ', ' ==='],
  ['Connections:\n', 'HQ:  '],
  ['Connections:\n', '...  IKEv1, dpddelay=1'],
  ['Connections:\nHQ:  a...b  IKEv2\nHQ:   local:  [', '] uses '],
  ['Connections:\nHQ:  a...b  IKEv2\n', 'HQ:   child:  === '],
  ['Shunted Connections:\n', ':  === '],
  ['', 'src '],
  ['src 192.0.2.1 dst 192.0.2.2\n', 'proto esp '],
  ['src 192.0.2.1 dst 192.0.2.2\n', '\ttmpl src 1\n'],
  ['src 192.0.2.1 dst 192.0.2.2\n', '\tenc '],
  ['', 'src 1 dst 2\n'],
  ['Xfrm', 'a'],
  ['XfrmInError ', ' '],
  ['8: wan1: <', 'UP,'],
  ['8: ', 'wan1: '],
  ['', '[2026]'],
  ['8: wan1: <UP> mtu 1500\n    link/', ' promiscuity'],
  ['8: wan1: <UP> mtu 1500\n    inet ', '1.'],
  ['8: wan1: <UP> mtu 1500', ' master'],
];

for (const [prefix, repeated] of hostile) {
  test(`linear time: ${JSON.stringify(`${prefix.split('\n').at(-1)}${repeated}`)} on and on`, () => {
    const text = prefix + repeated.repeat(size / repeated.length);
    for (const parse of parsers) {
      const start = performance.now();
      parse(text);
      // Some ten times what the slowest takes; quadratic time would take minutes.
      assert.ok(performance.now() - start < 2000);
    }
  });
}

/** charon prints control characters of an identity as question marks, and nothing else. */
const identity = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ']...198.51.100.7[',
        ']...',
        'HQ[7]: ',
        '[1]: ',
        'HQ{7}:  ',
        'ESTABLISHED 5 seconds ago, ',
        'CONNECTING, 198.51.100.7[x]...198.51.100.8[y]',
        'INSTALLED, TUNNEL, reqid 1, ESP SPIs: 11111111_i 22222222_o',
        'IKEv1 SPIs: 0000000000000001_i 0000000000000002_r*',
        'Remote EAP identity: ',
        'Security Associations (0 up, 0 connecting):',
        '10.0.0.0/8 === 10.0.0.0/8',
        ' ',
        ']',
        '[',
      ),
      fc.string({ unit: 'binary' }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join('').replace(/\p{Cc}/gu, '?'));

test('no identity forges or hides an SA', () => {
  fc.assert(
    fc.property(identity, identity, identity, (local, remote, eap) => {
      const result = parseStatusall(`Security Associations (1 up, 0 connecting):
        HQ[1]: ESTABLISHED 4 seconds ago, 192.0.2.1[${local}]...192.0.2.2[${remote}]
        HQ[1]: Remote EAP identity: ${eap}
        HQ[1]: IKEv2 SPIs: 0011223344556677_i* 8899aabbccddeeff_r
        HQ{2}:  INSTALLED, TUNNEL, reqid 3, ESP SPIs: c1a2b3d4_i 0de4f5a6_o
        HQ{2}:   10.1.0.0/16 === 10.2.0.0/16
`);
      assert.ok(result.ok);
      const [sa, ...others] = result.ikeSas;
      const [child, ...otherChildren] = result.childSas;
      assert.ok(sa && child);
      assert.deepEqual([...others, ...otherChildren], []);
      assert.deepEqual(
        [sa.connection, sa.ikeId, sa.state, sa.version, sa.initiator, sa.local],
        ['HQ', 1, 'ESTABLISHED', 2, true, '192.0.2.1'],
      );
      assert.ok(sa.remote === '192.0.2.2' || sa.remote === '%any');
      assert.deepEqual(
        [child.connection, child.ikeId, child.childId, child.spiIn, child.spiOut],
        ['HQ', 1, 2, 'c1a2b3d4', '0de4f5a6'],
      );
      assert.deepEqual([child.localTs, child.remoteTs], [['10.1.0.0/16'], ['10.2.0.0/16']]);
      assert.equal(result.unknownLines, 0);
    }),
    { numRuns: 2000 },
  );
});

test('names of connections and children come through, whatever their characters', () => {
  const unit = fc.constantFrom(...Array.from('abXY019 :.=[]{}(),_-日'));
  const name = fc
    .string({ unit, minLength: 1, maxLength: 30 })
    // A name that imitates what follows names is beyond reading; the administrator chose it.
    .filter((text) => text.trim() === text && text !== '' && !/:  |[\]}]: /.test(text));
  fc.assert(
    fc.property(name, name, (connection, child) => {
      const result = parseStatusall(`Connections:
${connection.padStart(12)}:  192.0.2.1...192.0.2.2  IKEv2
${connection.padStart(12)}:   local:  [fw] uses pre-shared key authentication
${child.padStart(12)}:   child:  10.1.0.0/16 === 10.2.0.0/16 TUNNEL
Security Associations (1 up, 0 connecting):
${connection.padStart(12)}[1]: CONNECTING, 192.0.2.1[%any]...192.0.2.2[%any]
${child.padStart(12)}{2}:  INSTALLED, TUNNEL, reqid 3, ESP SPIs: c1a2b3d4_i 0de4f5a6_o
${child.padStart(12)}{2}:   10.1.0.0/16 === 10.2.0.0/16
`);
      assert.ok(result.ok);
      assert.deepEqual(
        result.connections.map((loaded) => [loaded.name, loaded.localId, loaded.children[0]?.name]),
        [[connection, 'fw', child]],
      );
      assert.deepEqual(
        result.ikeSas.map((sa) => sa.connection),
        [connection === '(unnamed)' ? undefined : connection],
      );
      assert.deepEqual(
        result.childSas.map((sa) => [sa.child, ...sa.localTs]),
        [[child, '10.1.0.0/16']],
      );
      assert.equal(result.unknownLines, 0);
    }),
    { numRuns: 2000 },
  );
});
