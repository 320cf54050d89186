import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { swanctlConf } from '../../../../src/parsers/inventory/swanctl-conf.ts';
import { parseConf } from '../../../helpers/conf-inventory.ts';

const fixture = join(import.meta.dirname, '../../../fixtures/inventory/swanctl.conf');
const parse = (text: string) => parseConf(swanctlConf, text);
const conn = (content: string, outside = '') =>
  parse(`connections {\n a {\n${content}\n }\n}\n${outside}`).tunnels[0];
const child = (content: string) => conn(`children { c {\n${content}\n} }`);

describe('a file with every form', () => {
  const { tunnels, problems, includes, unused } = parse(readFileSync(fixture, 'utf8'));

  test('is read without a problem', () => {
    assert.deepEqual([problems, unused], [[], {}]);
    assert.deepEqual(includes, ['conf.d/*.conf', 'with blanks.conf']);
    assert.deepEqual(
      tunnels.map(({ name }) => name),
      ['sendai', 'old'],
    );
  });

  test('a connection with two bases', () => {
    assert.deepEqual(tunnels[0], {
      name: 'sendai',
      origin: 'test.conf',
      enabled: true,
      role: 'initiator',
      interface: undefined,
      local: '192.0.2.1',
      remote: '198.51.100.7',
      localId: 'tokyo.example',
      remoteId: 'C=JP, O=Example "North", CN=sendai',
      version: 2,
      profile: 'conn-defaults',
      connections: [],
      children: ['net-1', 'net-2', 'watched'],
      selectors: [
        { local: ['192.168.10.0/24', '192.168.11.5/32'], remote: ['192.168.20.0/24[tcp/443]'] },
        { local: ['dynamic[udp/1701]'], remote: ['dynamic'] },
        { local: ['dynamic'], remote: ['dynamic'] },
      ],
      ikeLifeSeconds: 31_680,
      childLifeSeconds: 1800,
      marginSeconds: undefined,
      marginFuzzPercent: undefined,
      dpdDelaySeconds: 10,
      dpdTimeoutSeconds: undefined,
      idleSeconds: undefined,
      algorithms: ['aes256-sha256-modp2048', 'aes128-sha1-modp1536'],
    });
  });

  test('a connection for travellers', () => {
    const {
      role,
      version,
      remote,
      ikeLifeSeconds,
      idleSeconds,
      dpdDelaySeconds,
      dpdTimeoutSeconds,
    } = tunnels[1] ?? {};
    assert.deepEqual(
      { role, version, remote, ikeLifeSeconds, idleSeconds, dpdDelaySeconds, dpdTimeoutSeconds },
      {
        role: 'remote-access',
        version: 1,
        remote: undefined,
        ikeLifeSeconds: 11_880,
        idleSeconds: 86_400,
        dpdDelaySeconds: 30,
        dpdTimeoutSeconds: 120,
      },
    );
  });

  test('nothing of a secret is kept', () => {
    assert.ok(!JSON.stringify({ tunnels, problems, unused }).includes('5ec2e7'));
  });
});

test('a connection with nothing has charon’s defaults', () => {
  const {
    role,
    local,
    version,
    children,
    selectors,
    ikeLifeSeconds,
    childLifeSeconds,
    dpdDelaySeconds,
  } = conn('') ?? {};
  assert.deepEqual(
    {
      role,
      local,
      version,
      children,
      selectors,
      ikeLifeSeconds,
      childLifeSeconds,
      dpdDelaySeconds,
    },
    {
      role: undefined,
      local: undefined,
      version: undefined,
      children: [],
      selectors: [],
      ikeLifeSeconds: 15_840,
      childLifeSeconds: undefined,
      dpdDelaySeconds: undefined,
    },
  );
  assert.equal(child('')?.childLifeSeconds, 3960);
});

describe('what is taken over', () => {
  const versionOf = (bases: string, sections: string, content = '') =>
    parse(`${sections}\nconnections { a ${bases} { ${content}\n} }\n`).tunnels[0]?.version;
  const [one, two] = ['x { version = 1\n}', 'y { version = 2\n}'];

  test('the own word first, then the first base, then what that takes over', () => {
    assert.equal(versionOf(': x, y', one + two), 1);
    assert.equal(versionOf(':y,x', one + two), 2);
    assert.equal(versionOf(': x', one, 'version = 2'), 2);
    assert.equal(versionOf(': x', one, 'version ='), undefined);
    assert.equal(versionOf(': z, y', `z : x { }\n${one}${two}`), 1);
    assert.equal(versionOf(': x', `x { }\n${one}`), 1);
    assert.equal(versionOf(': x.y', `x {\n${two}\n}`), 2);
  });

  test('two parts of one section, each with its base', () => {
    const text = `${one}\nconnections {\n a : x {\n }\n a : x, y {\n }\n}\ny { dpd_delay = 5\n}\n`;
    const [tunnel] = parse(text).tunnels;
    assert.deepEqual([tunnel?.version, tunnel?.dpdDelaySeconds], [1, 5]);
  });

  test('circles and sections that are nowhere are told, and do no harm', () => {
    const { tunnels, problems } = parse(
      'connections {\n a : connections.a { }\n b : nowhere { version = 1\n }\n}\n',
    );
    assert.deepEqual(
      tunnels.map(({ name }) => name),
      ['a', 'b'],
    );
    assert.deepEqual(problems, [
      'test.conf:2: a takes over itself',
      'test.conf:2: a takes over connections.a, a section that is nowhere',
      'test.conf:3: b takes over nowhere, a section that is nowhere',
    ]);
  });

  test('too deep, too many', () => {
    const numbers = Array.from({ length: 100 }, (_, i) => i);
    const deep = numbers.map((i) => `s${i} : s${i + 1} { }\n`).join('');
    const { tunnels, problems } = parse(`${deep}connections { a : s0 { } }`);
    assert.equal(tunnels.length, 1);
    assert.match(problems.join('\n'), /takes over sections more than 64 deep/);
    // Each takes over all that come after it: without bounds more than there are atoms.
    const all = numbers.map(
      (i) =>
        `s${i} : ${numbers
          .slice(i + 1)
          .map((n) => `s${n}`)
          .join()} { }\n`,
    );
    assert.equal(parse(`${all.join('')}connections { a : s0 { } }`).tunnels.length, 1);
  });
});

describe('roles', () => {
  test('who starts it', () => {
    for (const [action, role] of [
      ['none', 'responder'],
      ['start', 'initiator'],
      ['trap', 'initiator'],
      ['trap|start', 'initiator'],
    ] as const)
      assert.equal(child(`start_action = ${action}`)?.role, role);
    assert.equal(conn('children { c { }\n d { start_action = start\n } }')?.role, 'initiator');
    const text = 'connections { a { children { c { start_action = soon\n } } } }';
    assert.equal(parse(text).tunnels[0]?.role, undefined);
    assert.deepEqual(parse(text).problems, [
      'test.conf:1: start_action = soon is none of none, start, trap, trap|start',
    ]);
  });

  test('policies that pass or drop are no tunnels', () => {
    assert.equal(child('mode = pass'), undefined);
    assert.deepEqual(conn('children { c { }\n d { mode = drop\n } }')?.children, ['c']);
  });
});

test('identities: of several rounds the first that has one', () => {
  assert.equal(
    conn('remote-b { id = two\n round = 2\n }\n remote-a { id = one\n round = 1\n }')?.remoteId,
    'one',
  );
  assert.equal(conn('local { auth = psk\n }\n local-2 { id = me\n }')?.localId, 'me');
  assert.equal(conn('remote { id = %any\n }')?.remoteId, undefined);
});

test('times', () => {
  assert.equal(conn('rekey_time = 0')?.ikeLifeSeconds, undefined);
  assert.equal(conn('rekey_time = 1h\n over_time = 60')?.ikeLifeSeconds, 3660);
  assert.equal(conn('rekey_time = 4h\n reauth_time = 1h')?.ikeLifeSeconds, 5040);
  assert.equal(child('rekey_time = 10m')?.childLifeSeconds, 660);
  assert.equal(child('rekey_time = 10m\n life_time = 0')?.childLifeSeconds, undefined);
  assert.equal(conn('version = 1\n dpd_delay = 5\n dpd_timeout = 0')?.dpdTimeoutSeconds, undefined);
  assert.deepEqual(parse('connections { a { rekey_time = soon\n } }').problems, [
    'test.conf:1: rekey_time = soon is not a time such as 90s, 15m or 8h',
  ]);
});

test('keys that are new to the program are counted', () => {
  assert.deepEqual(parse('connections { a { flavour = 1\n } }').unused, {
    'connection/flavour': 1,
  });
});

test('joined lines, and what is no statement', () => {
  const { tunnels, problems } = parse(`connections {
  a { local_addrs = "10.0.\\
0.1" "" # two words
    remote_addrs = 10.0.0.2}
  = b
  garbage
  c "x" }
connections { d { children { e { local_ts = "10.1.0.0/16
        remote_ts = 10.2.0.0/16
    } } } }
include "x
`);
  assert.deepEqual(
    tunnels.map(({ name, remote, selectors }) => [name, remote, selectors]),
    [
      ['a', '10.0.0.2', []],
      ['d', undefined, [{ local: ['dynamic'], remote: ['10.2.0.0/16'] }]],
    ],
  );
  assert.deepEqual(problems, [
    'test.conf:5: neither key = value nor name { … }',
    'test.conf:6: neither key = value nor name { … }',
    'test.conf:7: neither key = value nor name { … }',
    'test.conf:8: a quote is opened and not closed',
    'test.conf:11: a quote is opened and not closed',
  ]);
});

describe('a brace that is missing', () => {
  const whole = `connections {
  a {
    local {
      id = x
    }
    children {
      c {
        mode = tunnel
      }
    }
  }
  b {
    children {
      d {
      }
    }
  }
}
secrets {
  ike {
    secret = 5ec2e75ec2e7
  }
}
`;
  const lines = whole.split('\n');
  const closing = lines.flatMap((line, i) => (line.trim() === '}' ? [i] : []));

  test('costs no connection, and shows no secret', () => {
    for (const missing of closing) {
      const parsed = parse(lines.toSpliced(missing, 1).join('\n'));
      assert.deepEqual(
        parsed.tunnels.map(({ name, children }) => [name, children]),
        [
          ['a', ['c']],
          ['b', ['d']],
        ],
        `line ${missing + 1}`,
      );
      assert.deepEqual(parsed.problems.length, 1, `line ${missing + 1}`);
      assert.match(parsed.problems[0] ?? '', /a brace is opened and not closed$/);
      assert.ok(!JSON.stringify(parsed).includes('5ec2e7'));
    }
  });

  test('and one too many', () => {
    for (const twice of closing.filter((i) => i < 17)) {
      const { tunnels, problems } = parse(lines.toSpliced(twice, 0, '}').join('\n'));
      assert.deepEqual(
        tunnels.map(({ name }) => name),
        ['a', 'b'],
        `line ${twice + 1}`,
      );
      assert.equal(problems.length, 1, `line ${twice + 1}`);
    }
    assert.deepEqual(parse('x { }\n}\n').problems, [
      'test.conf:2: a brace is closed that was never opened',
    ]);
  });
});
