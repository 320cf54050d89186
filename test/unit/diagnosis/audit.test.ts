import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { audit } from '../../../src/diagnosis/audit.ts';
import type { Audited } from '../../../src/diagnosis/audit.ts';
import { findingCodes } from '../../../src/diagnosis/finding.ts';
import { findingsEn } from '../../../src/diagnosis/texts/findings-en.ts';
import { findingsJa } from '../../../src/diagnosis/texts/findings-ja.ts';
import { inventoryTunnel } from '../../helpers/inventory.ts';

function found(audited: Partial<Audited>): readonly string[] {
  return audit({ tunnels: [], groups: [], interfaces: [], ...audited }).map(
    ({ code, severity, subjects, detail }) =>
      `${severity} ${code}: ${subjects.join(', ')}: ${detail}`,
  );
}

const pair = (local: string, remote: string) => ({
  selectors: [{ local: [local], remote: [remote] }],
});

describe('the same subnets twice (the guide, 6b)', () => {
  const twice = [
    inventoryTunnel('A', pair('10.1.0.0/16', '10.2.0.0/16')),
    inventoryTunnel('B', {
      selectors: [
        { local: ['10.9.0.0/16'], remote: ['10.2.0.0/16'] },
        { local: ['10.8.0.0/16', '10.1.0.0/16'], remote: ['10.2.3.4/16'] },
      ],
    }),
  ];
  test('outside a group', () => {
    assert.deepEqual(found({ tunnels: twice }), [
      'error duplicate-subnets: A, B: 10.1.0.0/16 === 10.2.0.0/16',
    ]);
  });
  test('in one group', () => {
    assert.deepEqual(found({ tunnels: twice, groups: [{ name: 'G', members: ['a', 'B'] }] }), []);
  });
  test('in one group, and a third one outside of it', () => {
    const tunnels = [...twice, inventoryTunnel('C', pair('10.1.0.0/16', '10.2.0.0/16'))];
    assert.deepEqual(found({ tunnels, groups: [{ name: 'G', members: ['A', 'B'] }] }), [
      'error duplicate-subnets: A, C: 10.1.0.0/16 === 10.2.0.0/16',
    ]);
  });
  test('one of them is switched off', () => {
    const [one, other] = twice;
    assert.ok(one !== undefined && other !== undefined);
    assert.deepEqual(found({ tunnels: [one, { ...other, enabled: false }] }), []);
  });
  test('Any-Any, whatever the version of IP, and told once', () => {
    const tunnels = [
      inventoryTunnel('A', {
        selectors: [{ local: ['0.0.0.0/0', '10.0.0.0/8'], remote: ['0.0.0.0/0'] }],
      }),
      inventoryTunnel('B', {
        selectors: [{ local: ['::/0', '10.0.0.0/8'], remote: ['::/0'] }],
      }),
    ];
    assert.deepEqual(found({ tunnels }), [
      'error duplicate-subnets: A, B: 0.0.0.0/0 === 0.0.0.0/0',
    ]);
  });
  test('one pair twice in one tunnel is nothing, nor is what stands for the own address', () => {
    const { selectors } = pair('10.1.0.0/16', '10.0.0.0/8');
    const twiceInOne = inventoryTunnel('A', { selectors: [...selectors, ...selectors] });
    assert.deepEqual(found({ tunnels: [twiceInOne] }), []);
    const dynamic = pair('dynamic', '10.0.0.0/8');
    assert.deepEqual(
      found({ tunnels: [inventoryTunnel('A', dynamic), inventoryTunnel('B', dynamic)] }),
      [],
    );
  });
});

describe('XFRM interfaces (the guide, 6c)', () => {
  const xfrm = (name: string, ...networks: readonly string[]) => ({
    name,
    networks,
    linkKind: 'xfrm',
  });
  const cases: readonly (readonly [string, Audited['interfaces'], readonly string[]])[] = [
    [
      'in one network',
      [xfrm('xfrm1', '192.168.0.1/24'), xfrm('xfrm2', '192.168.0.6/24')],
      ['error xfrm-overlap: xfrm1, xfrm2: 192.168.0.1/24, 192.168.0.6/24'],
    ],
    [
      'one network inside another, by name alone',
      [
        { name: 'xfrm1', networks: ['192.168.0.1/16'], linkKind: undefined },
        xfrm('tunnel', '192.168.0.6/24'),
      ],
      ['error xfrm-overlap: xfrm1, tunnel: 192.168.0.1/16, 192.168.0.6/24'],
    ],
    [
      'apart, and what every interface has',
      [
        xfrm('xfrm1', '192.168.1.1/24', 'fe80::1/64'),
        xfrm('xfrm2', '192.168.2.1/24', 'fe80::2/64'),
      ],
      [],
    ],
    ['two addresses of one', [xfrm('xfrm1', '192.168.0.1/24', '192.168.0.2/24', 'none')], []],
    [
      'other interfaces',
      [
        { name: 'Port1', networks: ['192.168.0.1/24'], linkKind: undefined },
        xfrm('xfrm1', '192.168.0.6/24'),
      ],
      [],
    ],
  ];
  for (const [name, interfaces, expected] of cases) {
    test(name, () => assert.deepEqual(found({ interfaces }), expected));
  }
});

describe('settings of a tunnel', () => {
  const cases: readonly (readonly [
    string,
    Parameters<typeof inventoryTunnel>[1],
    readonly string[],
  ])[] = [
    [
      'phase 2 lives as long as phase 1',
      { ikeLifeSeconds: 3600, childLifeSeconds: 3600 },
      ['warning key-life-order: X: phase 2: 3600 s, phase 1: 3600 s'],
    ],
    ['phase 2 is shorter', { ikeLifeSeconds: 3601, childLifeSeconds: 3600 }, []],
    [
      'the margin may eat up the key life',
      { childLifeSeconds: 600, marginSeconds: 300, marginFuzzPercent: 100 },
      ['error rekey-margin: X: margin: 300 s + 100 %, shortest key life: 600 s'],
    ],
    ['a margin without a random part', { ikeLifeSeconds: 600, marginSeconds: 300 }, []],
    ['a margin alone', { marginSeconds: 300 }, []],
    [
      'no time for a second question',
      { dpdDelaySeconds: 30, dpdTimeoutSeconds: 30 },
      ['warning dpd-timeout: X: time-out: 30 s, interval: 30 s'],
    ],
    ['a good time-out', { dpdDelaySeconds: 30, dpdTimeoutSeconds: 120 }, []],
    ['idle time-out', { idleSeconds: 600 }, ['warning idle-timeout: X: idle time-out: 600 s']],
    [
      'weak algorithms, as SFOS and strongSwan write them',
      {
        algorithms: ['AES256', '3DES', 'MD5', '5(DH1536)', '14(DH2048)', 'aes128-sha1-modp1024'],
      },
      ['warning weak-algorithm: X: 3DES, MD5, 5(DH1536), aes128-sha1-modp1024'],
    ],
    [
      'strong ones',
      { algorithms: ['AES256', 'SHA2_256', '25(DH192)', 'aes256-sha256-modp2048s256'] },
      [],
    ],
  ];
  for (const [name, more, expected] of cases) {
    test(name, () => assert.deepEqual(found({ tunnels: [inventoryTunnel('X', more)] }), expected));
  }
});

describe('both ends of a tunnel (the guide, 6e)', () => {
  const here = inventoryTunnel('Here', {
    role: 'initiator',
    localId: 'a.example',
    remoteId: 'b.example',
    ikeLifeSeconds: 12_600,
    childLifeSeconds: 3600,
  });
  const there = inventoryTunnel('There', {
    origin: 'there.xml',
    role: 'responder',
    localId: 'b.example',
    remoteId: 'a.example',
    ikeLifeSeconds: 10_800,
    childLifeSeconds: 5400,
  });
  test('by their IDs', () => {
    assert.deepEqual(found({ tunnels: [here, there] }), [
      'warning initiator-key-life: Here, There: phase 1: initiator 12600 s, responder 10800 s',
    ]);
  });
  test('by their addresses, under one name', () => {
    const addresses = { localId: undefined, remoteId: undefined };
    const tunnels = [
      { ...here, ...addresses, local: '192.0.2.1', remote: '198.51.100.1' },
      { ...there, ...addresses, name: 'Here', local: '198.51.100.1', remote: '192.0.2.1' },
    ];
    assert.deepEqual(found({ tunnels }), [
      'warning initiator-key-life: Here: phase 1: initiator 12600 s, responder 10800 s',
    ]);
  });
  test('as it should be, of others, and of one file', () => {
    assert.deepEqual(found({ tunnels: [{ ...here, ikeLifeSeconds: 9000 }, there] }), []);
    assert.deepEqual(found({ tunnels: [here, { ...there, remoteId: 'c.example' }] }), []);
    assert.deepEqual(found({ tunnels: [here, { ...there, origin: here.origin }] }), []);
    const silent = { ...there, ikeLifeSeconds: undefined };
    assert.deepEqual(found({ tunnels: [here, silent] }), []);
  });
});

describe('failover groups', () => {
  test('too small', () => {
    assert.deepEqual(
      found({
        groups: [
          { name: 'G', members: ['A'] },
          { name: 'H', members: [] },
        ],
      }),
      ['error group-size: G: members: A', 'error group-size: H: members: none'],
    );
  });
  test('a tunnel in two of them', () => {
    const groups = [
      { name: 'G', members: ['A', 'B'] },
      { name: 'H', members: ['a', 'C'] },
    ];
    assert.deepEqual(found({ groups }), ['error group-membership: a: in G and in H']);
  });
  test('members with different remote addresses for ID', () => {
    const tunnels = [
      inventoryTunnel('A', { remoteId: '198.51.100.1' }),
      inventoryTunnel('B', { remoteId: '198.51.100.2' }),
      inventoryTunnel('C', { remoteId: 'branch.example' }),
      inventoryTunnel('D'),
    ];
    assert.deepEqual(
      found({ tunnels, groups: [{ name: 'G', members: ['A', 'B', 'C', 'D', 'E'] }] }),
      ['error group-remote-id: G: 198.51.100.1, 198.51.100.2'],
    );
    assert.deepEqual(found({ tunnels, groups: [{ name: 'G', members: ['A', 'C', 'D'] }] }), []);
  });
});

test('ten thousand tunnels with one pair of subnets', () => {
  const tunnels = Array.from({ length: 10_000 }, (_, i) =>
    inventoryTunnel(`T${i}`, pair('0.0.0.0/0', '0.0.0.0/0')),
  );
  assert.equal(audit({ tunnels, groups: [], interfaces: [] })[0]?.subjects.length, 10_000);
});

test('each finding has its words in both languages', () => {
  for (const texts of [findingsEn, findingsJa]) {
    assert.deepEqual(Object.keys(texts), [...findingCodes]);
    for (const { problem, remedy } of Object.values(texts)) assert.ok(problem && remedy);
  }
});
