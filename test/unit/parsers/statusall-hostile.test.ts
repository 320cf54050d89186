import assert from 'node:assert/strict';
import { test } from 'node:test';
import { child, childLine, ike, ikeLine, parseSas } from '../../helpers/statusall-lines.ts';

for (const { name, lines, ikeSas, children, unknown } of [
  {
    name: 'an IKE_SA in a state that is not known takes no children with it',
    lines: [ikeLine.replace('HQ[1]: ESTABLISHED', 'X[9]: FROZEN'), childLine],
    ikeSas: [],
    children: [[undefined, undefined]],
    unknown: 1,
  },
  {
    name: 'a state by number',
    lines: ['X[9]: (12), 192.0.2.1[a]...192.0.2.2[b]', 'X{2}:  (14), TUNNEL, reqid 3'],
    ikeSas: [],
    children: [],
    unknown: 2,
  },
  {
    name: 'a child in a state that is not known, with its further lines',
    lines: [ikeLine, 'HQ{2}:  FROZEN, TUNNEL', 'HQ{2}:   10.1.0.0/16 === 10.2.0.0/16'],
    ikeSas: ['HQ'],
    children: [],
    unknown: 2,
  },
  {
    name: 'a new kind of line about an IKE_SA keeps its children',
    lines: [ikeLine, 'HQ[1]: Weather: fine', childLine],
    ikeSas: ['HQ'],
    children: [[1, 'HQ']],
    unknown: 1,
  },
  {
    name: 'a new kind of line about a child',
    lines: [ikeLine, childLine, 'HQ{2}:   weather is fine'],
    ikeSas: ['HQ'],
    children: [[1, 'HQ']],
    unknown: 1,
  },
  {
    name: 'a line about nothing known ends what went before',
    lines: [ikeLine, 'dialing', childLine],
    ikeSas: ['HQ'],
    children: [[undefined, undefined]],
    unknown: 1,
  },
  {
    name: 'a further line without its first',
    lines: ['HQ[1]: IKE proposal: AES_CBC_256'],
    ikeSas: [],
    children: [],
    unknown: 1,
  },
  {
    name: 'a first line without a peer',
    lines: ['HQ[1]: CONNECTING, 192.0.2.1[%any]'],
    ikeSas: [],
    children: [],
    unknown: 1,
  },
  {
    name: 'a first line cut off',
    lines: ['HQ[1]: CONNECTING, 192.0.2.1[%any]...192.0.2.2[%an'],
    ikeSas: [],
    children: [],
    unknown: 1,
  },
]) {
  test(`unknown lines: ${name}`, () => {
    const result = parseSas(...lines);
    assert.deepEqual(
      result.ikeSas.map(({ connection: owner }) => owner),
      ikeSas,
    );
    assert.deepEqual(
      result.childSas.map((sa) => [sa.ikeId, sa.connection]),
      children,
    );
    assert.equal(result.unknownLines, unknown);
  });
}

const forgeries = [
  'x]...198.51.100.7[evil',
  'HQ[7]: ESTABLISHED 5 seconds ago, 192.0.2.1[fw]...198.51.100.7[evil]',
  'HQ[7]: CONNECTING, 192.0.2.1[fw]...198.51.100.7[evil]',
  'HQ{7}:  INSTALLED, TUNNEL, reqid 1, ESP SPIs: 11111111_i 22222222_o',
  'HQ[1]: IKEv1 SPIs: 0000000000000001_i 0000000000000002_r*',
  'Security Associations (0 up, 0 connecting):',
];

for (const id of forgeries) {
  for (const { place, head, detail } of [
    { place: 'the remote identity', head: `192.0.2.1[fw]...192.0.2.2[${id}]`, detail: 'fine' },
    { place: 'the local identity', head: `192.0.2.1[${id}]...192.0.2.2[branch]`, detail: 'fine' },
    { place: 'the EAP identity', head: '192.0.2.1[fw]...192.0.2.2[branch]', detail: id },
  ]) {
    test(`${place} forges nothing: ${id}`, () => {
      const result = parseSas(
        `HQ[1]: ESTABLISHED 4 seconds ago, ${head}`,
        `HQ[1]: Remote EAP identity: ${detail}`,
        'HQ[1]: IKEv2 SPIs: 0011223344556677_i* 8899aabbccddeeff_r',
        childLine,
      );
      const [sa] = result.ikeSas;
      assert.equal(result.ikeSas.length, 1);
      assert.deepEqual(result.childSas, [child]);
      assert.deepEqual([sa?.connection, sa?.ikeId, sa?.version, sa?.initiator], ['HQ', 1, 2, true]);
      assert.notEqual(sa?.remote, '198.51.100.7');
      assert.equal(result.unknownLines, 0);
    });

    test(`${place} forges nothing below a line that is not understood: ${id}`, () => {
      const result = parseSas(
        `HQ[1]: FROZEN 4 seconds ago, ${head}`,
        `HQ[1]: Remote EAP identity: ${detail}`,
      );
      assert.deepEqual([result.ikeSas, result.childSas, result.unknownLines], [[], [], 2]);
    });
  }
}

test('an identity that can be cut in two places gives no address and no identities', () => {
  const { ikeSas } = parseSas(
    'HQ[1]: ESTABLISHED 4 seconds ago, 192.0.2.1[fw]...198.51.100.7[x]...192.0.2.2[branch]',
  );
  assert.deepEqual(ikeSas, [{ ...ike, localId: undefined, remote: '%any', remoteId: undefined }]);
});
