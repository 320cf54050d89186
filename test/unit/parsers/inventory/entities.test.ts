import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { InventoryFile } from '../../../../src/events/inventory.ts';
import { createEntitiesReader } from '../../../../src/parsers/inventory/entities.ts';

const text = readFileSync(
  join(import.meta.dirname, '../../../fixtures/inventory/Entities.xml'),
  'utf8',
);

function parse(xml: string): InventoryFile {
  const reader = createEntitiesReader('Entities.xml');
  reader.push(xml);
  return reader.end();
}

const inConnection = (content: string): string =>
  `<C><VPNIPSecConnection><Configuration>${content}</Configuration></VPNIPSecConnection></C>`;

const host = (content: string): string => `<IPHost><Name>H</Name>${content}</IPHost>`;

/** The local subnets of a connection to host object H. */
function subnets(...hosts: readonly string[]): readonly string[] | undefined {
  const ends =
    '<Name>X</Name><LocalSubnet>h</LocalSubnet><RemoteNetwork><Network>Any</Network></RemoteNetwork>';
  return parse(`<R>${inConnection(ends)}${hosts.join('')}</R>`).tunnels[0]?.selectors[0]?.local;
}

test('many connections are built step by step, one after the other', () => {
  const reader = createEntitiesReader('Entities.xml');
  const one = (i: number): string => `<Configuration><Name>X${i}</Name></Configuration>`;
  const all = Array.from({ length: 600 }, (_, i) => one(i)).join('');
  reader.push(`<R><VPNIPSecConnection>${all}</VPNIPSecConnection></R>`);
  const steps = [reader.step(), reader.step(), reader.step()];
  assert.deepEqual(
    steps.map((file) => file?.tunnels.length),
    [undefined, undefined, 600],
  );
  assert.equal(steps[2]?.tunnels[599]?.name, 'X599');
  assert.equal(parse(`<R><VPNIPSecConnection>${all}</VPNIPSecConnection></R>`).tunnels.length, 600);
});

describe('what is no export', () => {
  test('elements named like what every object has are elements like others', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      const { tunnels, problems } = parse(`<R><${name}><A>x</A></${name}></R>`);
      assert.deepEqual([tunnels, problems], [[], []]);
      assert.deepEqual(parse(`<R><IPHost><${name}>x</${name}></IPHost></R>`).tunnels, []);
    }
  });

  test('is given up where it is too deep or has too many mistakes', () => {
    for (const piece of ['<a>', '</b>']) {
      const reader = createEntitiesReader('Entities.xml');
      const startedAt = performance.now();
      // Far more than could be read with the square of it.
      for (let i = 0; i < 2000; i += 1) reader.push(piece.repeat(500));
      const { problems } = reader.end();
      assert.ok(problems.length > 0 && problems.length < 30);
      assert.ok(performance.now() - startedAt < 5000);
    }
  });
});

describe('an export', () => {
  const file = parse(text);
  const tunnel = (name: string) => file.tunnels.find((one) => one.name === name);

  test('a member of a group, with its profile and its subnets', () => {
    assert.deepEqual(tunnel('Sendai'), {
      name: 'Sendai',
      origin: 'Entities.xml',
      enabled: true,
      role: 'initiator',
      interface: 'Port2',
      local: undefined,
      remote: '198.51.100.7',
      localId: 'tokyo.example',
      remoteId: '198.51.100.7',
      version: 1,
      profile: 'Branches',
      connections: [],
      children: ['Sendai-1', 'Sendai-2', 'Sendai-3', 'Sendai-4'],
      selectors: [
        {
          local: ['192.168.10.0/24', '192.168.11.10-192.168.11.20'],
          remote: ['192.168.20.0/24', '192.168.21.5/32'],
        },
      ],
      ikeLifeSeconds: 3600,
      childLifeSeconds: 3600,
      marginSeconds: 120,
      marginFuzzPercent: 100,
      dpdDelaySeconds: undefined,
      dpdTimeoutSeconds: undefined,
      idleSeconds: 600,
      algorithms: ['AES256', 'SHA2_256', '3DES', '14(DH2048)', '5(DH1536)'],
    });
  });

  test('the firewall switches members: their status does not count', () => {
    assert.equal(tunnel('Sendai_LTE')?.enabled, true);
    assert.equal(tunnel('Sendai_LTE')?.interface, 'Port3');
  });

  test('a route-based connection for anyone, switched off, over IPv6', () => {
    const { enabled, role, remote, version, selectors, idleSeconds, algorithms } =
      tunnel('Cloud') ?? {};
    assert.deepEqual(
      { enabled, role, remote, version, selectors, idleSeconds, algorithms },
      {
        enabled: false,
        role: 'responder',
        remote: undefined,
        version: 2,
        selectors: [{ local: ['::/0'], remote: ['::/0'] }],
        idleSeconds: undefined,
        algorithms: [],
      },
    );
  });

  test('remote access has no profile here, and only one side', () => {
    const { role, version, selectors, children } = tunnel('Travellers') ?? {};
    assert.deepEqual(
      { role, version, selectors, children },
      { role: 'remote-access', version: undefined, selectors: [], children: [] },
    );
  });

  test('groups in their order', () => {
    assert.deepEqual(file.groups, [
      {
        name: 'Sendai_Group',
        origin: 'Entities.xml',
        members: ['Sendai', 'Sendai_LTE'],
        automaticFailback: true,
      },
    ]);
  });

  test('what is new to the program is counted, secrets are nowhere', () => {
    assert.deepEqual(file.problems, []);
    assert.deepEqual(file.unused, { 'Configuration/Flavour': 1 });
    assert.ok(!JSON.stringify(file).includes('secret'));
  });

  test('any pieces give the same', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: text.length })), (cuts) => {
        const reader = createEntitiesReader('Entities.xml');
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        places.slice(1).forEach((end, i) => reader.push(text.slice(places[i], end)));
        assert.deepEqual(reader.end(), file);
      }),
      { numRuns: 20 },
    );
  });
});

describe('what is wrong', () => {
  test('one bad record costs nothing but itself', () => {
    const bad = text.replace('<Name>Sendai</Name>', '');
    const { tunnels, problems } = parse(bad);
    assert.deepEqual(
      tunnels.map(({ name }) => name),
      ['Sendai_LTE', 'Cloud', 'Travellers'],
    );
    assert.deepEqual(problems, ['line 33: a Configuration without a Name is left out']);
  });

  test('a tag that is never closed', () => {
    const { tunnels, problems } = parse(
      text.replace('<Policy>Branches</Policy>', '<Policy>Branches'),
    );
    assert.equal(tunnels.length, 4);
    assert.deepEqual(problems, ['line 50: unexpected close tag']);
  });

  test('an export that ends too early', () => {
    const { tunnels, problems } = parse(
      text.slice(0, text.indexOf('<Name>Cloud</Name>\n      <Conn')),
    );
    assert.deepEqual(
      tunnels.map(({ name }) => name),
      ['Sendai', 'Sendai_LTE'],
    );
    assert.equal(problems[0], 'line 64: unclosed root tag');
  });

  test('names that lead nowhere', () => {
    const { tunnels, problems } = parse(
      inConnection(
        '<Name>X</Name><Policy>P</Policy><LocalSubnet>L</LocalSubnet><RemoteNetwork><Network>R</Network></RemoteNetwork>',
      ),
    );
    assert.deepEqual(tunnels[0]?.selectors, []);
    assert.deepEqual(problems, [
      'connection X: its profile P is not in the export',
      'connection X: the export does not tell the addresses of L',
      'connection X: the export does not tell the addresses of R',
    ]);
  });

  test('no more than twenty problems of form are told', () => {
    const { problems } = parse(`<a>${'</b>'.repeat(30)}</a>`);
    assert.equal(problems.length, 21);
    assert.equal(problems.at(-1), '40 more of these');
  });

  test('unknown elements are counted up to a bound', () => {
    const many = Array.from({ length: 300 }, (_, i) => `<E${i}>x</E${i}><E0>y</E0>`).join('');
    const { unused } = parse(inConnection(`<Name>X</Name>${many}`));
    assert.equal(Object.keys(unused).length, 200);
    assert.equal(unused['Configuration/E0'], 301);
  });

  test('entities of its own stay what they are', () => {
    const { tunnels } = parse(
      `<!DOCTYPE C [<!ENTITY e SYSTEM "file:///etc/passwd">]>${inConnection('<Name>X&e;<![CDATA[<b>]]></Name><Empty/><Policy></Policy>')}`,
    );
    assert.deepEqual(
      tunnels.map(({ name }) => name),
      ['X&e;<b>'],
    );
  });

  test('anything at all gives an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (xml) => {
        assert.ok(parse(xml));
        assert.ok(parse(text.slice(0, 3000) + xml + text.slice(3000)));
      }),
      { numRuns: 50 },
    );
  });
});

describe('IP hosts', () => {
  const cases: readonly (readonly [string, string, readonly string[] | undefined])[] = [
    ['an address', '<HostType>IP</HostType><IPAddress>10.0.0.1</IPAddress>', ['10.0.0.1/32']],
    ['of IPv6', '<HostType>IP</HostType><IPAddress>fd00::1</IPAddress>', ['fd00::1/128']],
    [
      'a list',
      '<HostType>IPList</HostType><ListOfIPAddresses>10.0.0.1, 10.0.0.2,</ListOfIPAddresses>',
      ['10.0.0.1/32', '10.0.0.2/32'],
    ],
    [
      'all of it',
      '<HostType>Network</HostType><IPAddress>0.0.0.0</IPAddress><Subnet>0.0.0.0</Subnet>',
      ['0.0.0.0/0'],
    ],
    [
      'a mask with holes',
      '<HostType>Network</HostType><IPAddress>10.0.0.0</IPAddress><Subnet>255.0.255.0</Subnet>',
      undefined,
    ],
    ['no mask', '<HostType>Network</HostType><IPAddress>10.0.0.0</IPAddress>', undefined],
    ['no address', '<HostType>IP</HostType>', undefined],
    ['no network', '<HostType>Network</HostType>', undefined],
    [
      'half a range',
      '<HostType>IPRange</HostType><StartIPAddress>1.1.1.1</StartIPAddress>',
      undefined,
    ],
    ['no range', '<HostType>IPRange</HostType>', undefined],
    ['an empty list', '<HostType>IPList</HostType>', undefined],
    ['a MAC address', '<HostType>MACList</HostType>', undefined],
  ];
  for (const [name, content, expected] of cases) {
    test(name, () => assert.deepEqual(subnets(host(content)), expected));
  }

  test('a group that holds itself', () => {
    assert.equal(
      subnets('<IPHostGroup><Name>h</Name><HostList><Host>H</Host></HostList></IPHostGroup>'),
      undefined,
    );
  });

  test('an empty group, and a group without a failback', () => {
    const { groups } = parse(
      '<R><VPNFailoverGroup><GroupDetail><Name>G</Name></GroupDetail></VPNFailoverGroup></R>',
    );
    assert.deepEqual(groups[0]?.members, []);
    assert.equal(groups[0]?.automaticFailback, undefined);
    assert.deepEqual(subnets('<IPHostGroup><Name>h</Name></IPHostGroup>'), undefined);
  });
});
