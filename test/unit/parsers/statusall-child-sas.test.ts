import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChildSaState, ListedChildSa } from '../../../src/events/security-associations.ts';
import { child, childLine, ikeLine, parseSas } from '../../helpers/statusall-lines.ts';

const childCases: readonly {
  name: string;
  lines: readonly string[];
  changes: Partial<ListedChildSa>;
}[] = [
  { name: 'installed', lines: [childLine], changes: {} },
  { name: 'ESP in UDP', lines: [childLine.replace('ESP', 'ESP in UDP')], changes: {} },
  { name: 'AH', lines: [childLine.replace('ESP', 'AH')], changes: {} },
  { name: 'transport', lines: [childLine.replace('TUNNEL', 'TRANSPORT')], changes: {} },
  { name: 'proxy', lines: [childLine.replace('TUNNEL', 'TRANSPORT_PROXY')], changes: {} },
  { name: 'IPCOMP', lines: [`${childLine}, IPCOMP CPIs: 1a2b_i 3c4d_o`], changes: {} },
  {
    name: 'no reqid (before 5.3.0)',
    lines: [childLine.replace(', reqid 3', '')],
    changes: { reqid: undefined },
  },
  {
    name: 'rekeyed, until it expires',
    lines: ['HQ{2}:  REKEYED, TUNNEL, reqid 3, expires in 3 seconds'],
    changes: { state: 'REKEYED', spiIn: undefined, spiOut: undefined },
  },
  {
    name: 'counters',
    lines: [
      childLine,
      'HQ{2}:  AES_CBC_256/HMAC_SHA2_256_128/MODP_2048/ESN, 84 bytes_i (1 pkt, 0s ago), 168 bytes_o (2 pkts, 9s ago), rekeying in 41 minutes',
    ],
    changes: { bytesIn: 84, packetsIn: 1, bytesOut: 168, packetsOut: 2 },
  },
  {
    name: 'counters before any traffic',
    lines: [childLine, 'HQ{2}:  AES_GCM_16_256, 0 bytes_i, 0 bytes_o, rekeying disabled'],
    changes: { bytesIn: 0, bytesOut: 0 },
  },
  {
    name: 'counters without an algorithm',
    lines: [childLine, 'HQ{2}:  , 7 bytes_i, 8 bytes_o, rekeying active'],
    changes: { bytesIn: 7, bytesOut: 8 },
  },
  {
    name: 'several selectors',
    lines: [
      childLine,
      'HQ{2}:   10.1.0.0/16 10.3.0.0/24 === 10.2.0.0/16[tcp/https] 10.4.0.1..10.4.0.9',
    ],
    changes: {
      localTs: ['10.1.0.0/16', '10.3.0.0/24'],
      remoteTs: ['10.2.0.0/16[tcp/https]', '10.4.0.1..10.4.0.9'],
    },
  },
  {
    name: 'selectors that end in a blank (before 5.3.4)',
    lines: [childLine, 'HQ{2}:   10.1.0.0/16 === 10.2.0.0/16 '],
    changes: { localTs: ['10.1.0.0/16'], remoteTs: ['10.2.0.0/16'] },
  },
  { name: 'no selectors yet', lines: [childLine, 'HQ{2}:    === '], changes: {} },
  {
    name: 'a child with a name of its own',
    lines: ['lan: A === B{2}:  INSTALLED, TUNNEL, reqid 3, ESP SPIs: c1a2b3d4_i 0de4f5a6_o'],
    changes: { child: 'lan: A === B' },
  },
  {
    name: 'a name that ends as a marker does',
    lines: [childLine.replace('HQ', 'x[1]: y{2}')],
    changes: { child: 'x[1]: y{2}' },
  },
];

for (const { name, lines, changes } of childCases) {
  test(`CHILD_SA: ${name}`, () => {
    const result = parseSas(ikeLine, ...lines);
    assert.deepEqual(result.childSas, [{ ...child, ...changes }]);
    assert.equal(result.unknownLines, 0);
  });
}

const childStates: readonly ChildSaState[] = [
  'CREATED',
  'ROUTED',
  'INSTALLING',
  'INSTALLED',
  'UPDATING',
  'REKEYING',
  'REKEYED',
  'RETRYING',
  'DELETING',
  'DELETED',
  'DESTROYING',
];

for (const state of childStates) {
  test(`CHILD_SA in state ${state}`, () => {
    const result = parseSas(ikeLine, `HQ{2}:  ${state}, TUNNEL, reqid 3`);
    const expected = { ...child, state, spiIn: undefined, spiOut: undefined };
    assert.deepEqual(result.childSas, [expected]);
  });
}

test('a rekey before 5.3.0: two children of one name and number', () => {
  const result = parseSas(
    ikeLine,
    'HQ{2}:  REKEYED, TUNNEL, expires in 9 minutes',
    'HQ{2}:   10.1.0.0/16 === 10.2.0.0/16 ',
    'HQ{2}:  INSTALLED, TUNNEL, ESP SPIs: c1a2b3d4_i 0de4f5a6_o',
    'HQ{2}:   10.3.0.0/16 === 10.4.0.0/16 ',
  );
  assert.deepEqual(
    result.childSas.map(({ state, localTs }) => [state, ...localTs]),
    [
      ['REKEYED', '10.1.0.0/16'],
      ['INSTALLED', '10.3.0.0/16'],
    ],
  );
});

test('children belong to the IKE_SA above them, whatever their names', () => {
  const result = parseSas(
    ikeLine.replace('HQ[1]', 'B[2]'),
    'B{4}:  INSTALLED, TUNNEL, reqid 1',
    ikeLine,
    'B{5}:  INSTALLED, TUNNEL, reqid 1',
    ikeLine.replace('HQ[1]', '(unnamed)[3]'),
    'C{6}:  INSTALLED, TUNNEL, reqid 1',
  );
  assert.deepEqual(
    result.childSas.map((sa) => [sa.child, sa.childId, sa.ikeId, sa.connection]),
    [
      ['B', 4, 2, 'B'],
      ['B', 5, 1, 'HQ'],
      ['C', 6, 3, undefined],
    ],
  );
});
