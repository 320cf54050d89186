import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ipsecConf } from '../../../../src/parsers/inventory/ipsec-conf.ts';
import { parseConf } from '../../../helpers/conf-inventory.ts';

const parse = (text: string, own: readonly string[] = []) => parseConf(ipsecConf, text, { own });
const conn = (...settings: readonly string[]) =>
  parse(['conn a', ...settings.map((one) => `  ${one}`)].join('\n')).tunnels[0];

test('a connection with everything', () => {
  const { tunnels, problems, unused } = parse(`version 2
# our branches
config setup
  uniqueids=no

conn %default
\tikelifetime=8h
\tkeyexchange=ikev1

conn osaka   # the first
  also=office
  left=192.0.2.1
  right=198.51.100.7
  leftid=@tokyo.example
  rightid="C=JP, O=Example, CN=osaka"
  leftsubnet=192.168.10.0/24, 192.168.11.5
  rightsubnet=192.168.20.0/24
  lifetime=30m
  auto=start
  newkey=1

conn office
  margintime=5m
  rekeyfuzz=50%
  dpdaction=restart
  dpddelay=10s
  dpdtimeout=60
  inactivity=1d
  ike=aes256-sha256-modp2048,aes128-sha1-modp1024!
  esp=aes256-sha256!

ca example
  cacert=ca.pem
`);
  assert.deepEqual([problems, unused], [[], { 'conn/newkey': 1 }]);
  assert.deepEqual(tunnels, [
    {
      name: 'osaka',
      origin: 'test.conf',
      enabled: true,
      role: 'initiator',
      interface: undefined,
      local: '192.0.2.1',
      remote: '198.51.100.7',
      localId: 'tokyo.example',
      remoteId: 'C=JP, O=Example, CN=osaka',
      version: 1,
      profile: 'office',
      connections: [],
      children: ['osaka'],
      selectors: [{ local: ['192.168.10.0/24', '192.168.11.5/32'], remote: ['192.168.20.0/24'] }],
      ikeLifeSeconds: 28_800,
      childLifeSeconds: 1800,
      marginSeconds: 300,
      marginFuzzPercent: 50,
      dpdDelaySeconds: 10,
      dpdTimeoutSeconds: 60,
      idleSeconds: 86_400,
      algorithms: ['aes256-sha256-modp2048', 'aes128-sha1-modp1024', 'aes256-sha256'],
    },
  ]);
});

test('a connection with nothing has starter’s defaults', () => {
  assert.deepEqual(conn(), {
    name: 'a',
    origin: 'test.conf',
    enabled: false,
    role: undefined,
    interface: undefined,
    local: undefined,
    remote: undefined,
    localId: undefined,
    remoteId: undefined,
    version: undefined,
    profile: undefined,
    connections: [],
    children: ['a'],
    selectors: [{ local: ['dynamic'], remote: ['dynamic'] }],
    ikeLifeSeconds: 10_800,
    childLifeSeconds: 3600,
    marginSeconds: 540,
    marginFuzzPercent: 100,
    dpdDelaySeconds: undefined,
    dpdTimeoutSeconds: undefined,
    idleSeconds: undefined,
    algorithms: [],
  });
});

describe('what is taken over', () => {
  const lifeOf = (text: string) =>
    parse(`${text}\nconn t\n  auto=add\n`).tunnels.find(({ name }) => name === 'x')
      ?.childLifeSeconds;

  test('the own value, then the last also, then the first, then what they take over', () => {
    const bases = 'conn a\n  lifetime=1m\nconn b\n  lifetime=2m\n  also=c\nconn c\n  lifetime=3m\n';
    assert.equal(lifeOf(`${bases}conn x\n  auto=add\n  also=a\n  also=b\n`), 120);
    assert.equal(lifeOf(`${bases}conn x\n  auto=add\n  also=b\n  also=a\n`), 60);
    assert.equal(lifeOf(`${bases}conn x\n  lifetime=4m\n  auto=add\n  also=a\n`), 240);
    assert.equal(lifeOf(`${bases}conn x\n  lifetime=\n  auto=add\n  also=a\n`), 3600);
    assert.equal(lifeOf(`${bases}conn d\nconn x\n  auto=add\n  also=c\n  also=d\n`), 180);
  });

  test('%default comes last, wherever it stands, and takes over nothing', () => {
    const text = 'conn x\n  auto=add\n  also=b\n  also=%default\n  also=\nconn b\n';
    assert.equal(lifeOf(`${text}conn %default\n  also=b\n  lifetime=5m\n`), 300);
  });

  test('a section in two parts is one, and the later value counts', () => {
    assert.equal(lifeOf('conn x\n  lifetime=1m\nconn y\nconn x\n  lifetime=2m\n  auto=add\n'), 120);
  });

  test('of two names for one setting the one that is found later, as in starter', () => {
    const text = 'conn b\n  keylife=2m\nconn x\n  lifetime=1m\n  auto=add\n  also=b\n';
    assert.equal(lifeOf(text), 120);
    assert.equal(conn('lifetime=1m', 'keylife=2m')?.childLifeSeconds, 60);
  });

  test('a base that is not loaded itself is no tunnel', () => {
    const { tunnels } = parse(
      'conn base\nconn x\n  also=base\n  auto=add\nconn off\n  auto=ignore\n',
    );
    assert.deepEqual(
      tunnels.map(({ name, enabled }) => [name, enabled]),
      [
        ['x', true],
        ['off', false],
      ],
    );
  });

  test('circles and sections that are nowhere cost only those that need them', () => {
    const { tunnels, problems } = parse(`conn good
  auto=add
conn a
  also=b
conn b
  also=a
conn lost
  also=nowhere
`);
    assert.deepEqual(
      tunnels.map(({ name }) => name),
      ['good'],
    );
    assert.deepEqual(problems, [
      'test.conf:6: conn b is left out: also=a, which takes over b in turn',
      'test.conf:8: conn lost is left out: also=nowhere, a section that is nowhere',
    ]);
  });

  test('too deep, too many', () => {
    const chain = Array.from({ length: 100 }, (_, i) => `conn c${i}\n  also=c${i + 1}\n`).join('');
    assert.match(parse(`${chain}conn c100\n`).problems[0] ?? '', /also more than 64 deep$/);
    const many = Array.from({ length: 300 }, (_, i) => i);
    const text = `conn x\n${many.map((i) => `  also=b${i}\n`).join('')}${many.map((i) => `conn b${i}\n`).join('')}`;
    assert.match(parse(text).problems[0] ?? '', /more than 256 sections through also$/);
  });
});

describe('ends', () => {
  const ends = ['left=10.0.0.1', 'right=10.0.0.2', 'leftid=here', 'leftsubnet=10.1.0.0/16'];

  test('left is local unless right is an address of this host', () => {
    const text = ['conn a', ...ends].join('\n  ');
    assert.equal(parse(text).tunnels[0]?.local, '10.0.0.1');
    const { local, remote, localId, remoteId, selectors } =
      parse(text, ['10.0.0.2']).tunnels[0] ?? {};
    assert.deepEqual(
      { local, remote, localId, remoteId, selectors },
      {
        local: '10.0.0.2',
        remote: '10.0.0.1',
        localId: '10.0.0.2',
        remoteId: 'here',
        selectors: [{ local: ['dynamic'], remote: ['10.1.0.0/16'] }],
      },
    );
  });

  test('what is no single address', () => {
    for (const right of [
      '%any',
      '%defaultroute',
      '10.0.0.2,10.0.0.3',
      '10.0.0.0/24',
      '0.0.0.0',
      '10.0.0.1-10.0.0.9',
      '%peer.example',
      '::',
    ])
      assert.equal(conn(`right=${right}`)?.remote, undefined, right);
    assert.equal(conn('right=peer-1.example')?.remote, 'peer-1.example');
    assert.equal(conn('right=2001:db8::1')?.remote, '2001:db8::1');
    assert.equal(conn('right=10.0.0.2', 'rightallowany=yes')?.remote, undefined);
  });

  test('identities', () => {
    const id = (rightid: string, ...more: readonly string[]) =>
      conn('right=10.0.0.2', `rightid=${rightid}`, ...more)?.remoteId;
    assert.equal(id('@fqdn.example'), 'fqdn.example');
    assert.equal(id('@@user@example'), 'user@example');
    assert.equal(id('@#0102ff'), '@#0102ff');
    assert.equal(id('%lenient.example'), 'lenient.example');
    assert.equal(id('email:user@example'), 'user@example');
    assert.equal(id('"keyid:#0102"'), 'keyid:#0102');
    assert.equal(id('keyid:#0102'), undefined);
    assert.equal(id('%any'), undefined);
    assert.equal(id('*'), undefined);
    assert.equal(id(''), '10.0.0.2');
    assert.equal(conn('right=%10.0.0.2')?.remoteId, '10.0.0.2');
    assert.equal(conn('right=10.0.0.2,10.0.0.3')?.remoteId, '10.0.0.2,10.0.0.3');
    assert.equal(conn('right=%defaultroute')?.remoteId, undefined);
    assert.equal(id('', 'rightcert=peer.pem'), undefined);
    assert.equal(id('10.0.0.2', 'rightcert=peer.pem'), '10.0.0.2');
  });

  test('subnets, with protocols and ports', () => {
    const remote = (...settings: readonly string[]) => conn(...settings)?.selectors[0]?.remote;
    assert.deepEqual(remote('rightsubnet=10.1.0.0/16[tcp/80],%dynamic[udp/1701],2001:db8::5'), [
      '10.1.0.0/16[tcp/80]',
      'dynamic[udp/1701]',
      '2001:db8::5/128',
    ]);
    assert.deepEqual(
      remote('rightsubnet=10.1.0.0/16,10.2.0.1-10.2.0.9[6]', 'rightprotoport=17/1701'),
      ['10.1.0.0/16[17/1701]', '10.2.0.1-10.2.0.9[6]'],
    );
  });
});

describe('roles', () => {
  test('who starts it', () => {
    for (const [auto, enabled, role] of [
      ['ignore', false, undefined],
      ['add', true, 'responder'],
      ['route', true, 'initiator'],
      ['start', true, 'initiator'],
    ] as const) {
      const tunnel = conn(`auto=${auto}`);
      assert.deepEqual([tunnel?.enabled, tunnel?.role], [enabled, role]);
    }
  });

  test('who gets an address is a traveller; who asks for one is not', () => {
    assert.equal(conn('auto=add', 'rightsourceip=10.9.0.0/24')?.role, 'remote-access');
    assert.equal(conn('auto=add', 'rightsourceip=%pool')?.role, 'remote-access');
    assert.equal(conn('auto=start', 'leftsourceip=%config')?.role, 'initiator');
    assert.equal(conn('auto=start', 'rightsourceip=%config4')?.role, 'initiator');
  });

  test('policies that pass or drop are no tunnels', () => {
    assert.equal(conn('auto=route', 'type=passthrough'), undefined);
    assert.equal(conn('auto=route', 'type=transport')?.name, 'a');
  });
});

describe('times', () => {
  test('without rekeying there is no margin', () => {
    const tunnel = conn('rekey=no', 'margintime=1m');
    assert.deepEqual([tunnel?.marginSeconds, tunnel?.marginFuzzPercent], [undefined, undefined]);
  });

  test('the time-out of dead peer detection counts in IKEv1 only', () => {
    const times = (...settings: readonly string[]) => {
      const tunnel = conn(...settings);
      return [tunnel?.dpdDelaySeconds, tunnel?.dpdTimeoutSeconds];
    };
    assert.deepEqual(times('dpdaction=clear', 'keyexchange=ikev1'), [30, 150]);
    assert.deepEqual(times('dpdaction=clear', 'keyexchange=ikev2'), [30, undefined]);
    assert.deepEqual(times('dpdaction=none', 'dpddelay=9'), [undefined, undefined]);
    assert.deepEqual(times('dpdaction=hold', 'dpddelay=0'), [undefined, undefined]);
  });

  test('what cannot be read is said once, however many take it over', () => {
    const { tunnels, problems } = parse(`conn %default
  lifetime=soon
  rekeyfuzz=half
  keyexchange=ikev3
conn a
  auto=add
conn b
  auto=later
`);
    assert.deepEqual(
      tunnels.map(({ name, enabled, role, version, childLifeSeconds, marginFuzzPercent }) => [
        name,
        enabled,
        role,
        version,
        childLifeSeconds,
        marginFuzzPercent,
      ]),
      [
        ['a', true, 'responder', undefined, undefined, undefined],
        ['b', true, undefined, undefined, undefined, undefined],
      ],
    );
    assert.deepEqual(problems, [
      'test.conf:4: keyexchange=ikev3 is none of ike, ikev1, ikev2',
      'test.conf:2: keylife or lifetime=soon is not a time such as 90s, 15m or 8h',
      'test.conf:3: rekeyfuzz=half is not a share such as 100%',
      'test.conf:8: auto=later is none of ignore, add, route, start',
    ]);
  });
});
