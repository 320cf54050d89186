import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Config } from '../../../src/config/config.ts';
import { ConfigError } from '../../../src/config/config-error.ts';
import { options } from '../../../src/config/options.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import type { Overrides } from '../../../src/config/parse.ts';

const noOverrides = { logDirectory: undefined, stateDirectory: undefined, listen: undefined };
const environment = {
  timeZone: 'Asia/Tokyo',
  isSchedule: () => true,
  patternProblem: () => undefined,
};

function parse(text: string, overrides: Partial<Overrides> = {}): Config {
  return parseConfig('file.yaml', text, { ...noOverrides, ...overrides }, environment);
}

function problems(text: string, overrides: Partial<Overrides> = {}): readonly string[] {
  try {
    return parse(text, overrides) && [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message.split('\n');
  }
}

/** What http has beside its address when nothing is said of it. */
const nobody = { hostNames: [], users: [], tokenFiles: [], open: [], tls: undefined };
const closed = { isLoopback: true, ...nobody };

function polled(argv: readonly string[], schedule: string, required: boolean) {
  return { argv, schedule, timeoutMs: 5000, required };
}

test('without a word everything has its default', () => {
  assert.deepEqual(parse(''), {
    language: 'en',
    logLevel: 'info',
    http: { ...closed, host: '127.0.0.1', port: 9814 },
    store: {
      directory: '/var/lib/tunnelwarden',
      retentionMs: 90 * 86_400_000,
      maxBytes: 512 * 1024 * 1024,
    },
    logs: {
      timeZone: 'Asia/Tokyo',
      files: [
        { path: '/log/strongswan.log', kind: 'charon' },
        { path: '/log/charon.log', kind: 'charon' },
        { path: '/log/strongswan-monitor.log', kind: 'monitor' },
        { path: '/log/dgd.log', kind: 'dgd' },
      ],
      patterns: [],
    },
    sources: {
      remote: undefined,
      vici: {
        sockets: ['/var/run/charon.vici', '/run/charon.vici'],
        schedule: '*/10 * * * * *',
        timeoutMs: 5000,
        required: false,
      },
      statusall: polled(['ipsec', 'statusall'], '*/10 * * * * *', true),
      xfrmState: polled(
        ['ip', '-s', 'xfrm', 'state', 'list', 'nokeys'],
        '5-59/10 * * * * *',
        false,
      ),
      xfrmPolicy: polled(['ip', 'xfrm', 'policy'], '7-59/15 * * * * *', false),
      interfaces: polled(['ip', '-j', '-s', '-d', 'addr'], '*/15 * * * * *', true),
      interfaceMonitor: { argv: ['ip', 'monitor', 'link', 'address'] },
      xfrmStat: { path: '/proc/net/xfrm_stat', schedule: '*/15 * * * * *' },
      lostAfterMs: 30_000,
    },
    discover: true,
    tunnels: [],
    groups: [],
    gateways: [],
    interfaces: [],
    inventory: { entities: [], ipsecConf: [], swanctlConf: [] },
    ha: { addresses: [] },
    holds: {
      lossMs: 3000,
      stallMs: 300_000,
      switchMs: 60_000,
      conflictMs: 10_000,
      flapCount: 3,
      flapWindowMs: 600_000,
    },
  });
});

for (const text of [
  '# nothing but a comment',
  '---',
  'http:\nlogs:\n  files:\nholds: {}',
  'null',
]) {
  test(`nothing is given by ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parse(text), parse(''));
  });
}

test('a file with everything', () => {
  const config = parse(`
language: ja
log_level: debug
http: { listen: '[::1]:1234' }
store: { directory: /state, retention: 36h, max_size: 2GiB }
logs:
  directory: /var/log/
  time_zone: Europe/Berlin
  files:
    - { path: a.log, kind: syslog, remote: true }
    - { path: /b.log, kind: dgd }
  patterns:
    - { code: gateway.down, pattern: a b, group: IKE }
    - { code: x.y, pattern: c }
sources:
  remote: { prefix: [ssh, fw, --], shell: false }
  vici: { enabled: false }
  statusall: { enabled: false }
  xfrm_state: { command: [ip, x], schedule: '1 2 3 4 5 *', timeout: 250ms, required: true }
  xfrm_policy: { enabled: false }
  interfaces: { enabled: false }
  interface_monitor: { enabled: false }
  xfrm_stat: { enabled: false }
  lost_after: 2m
discover: false
tunnels:
  - { name: A }
  - name: B
    enabled: false
    role: remote-access
    interface: wan1
    connections: [B1]
    children: [B-1, B-2]
    local: 192.0.2.1
    remote: vpn.example
    profile: P
groups: [{ name: G, enabled: false, members: [b, A] }]
gateways: [{ name: W, interface: wan1 }, { name: V }]
interfaces: [lan1]
inventory: { entities: [/export], ipsec_conf: ['/c/*.conf'], swanctl_conf: [/s] }
holds: { loss: 0s, stall: 1h, switch: 5s, conflict: 0ms, flap_count: 5, flap_window: 1d }
`);
  const learned = {
    role: undefined,
    interface: undefined,
    connections: [],
    children: [],
    local: undefined,
    remote: undefined,
    profile: undefined,
  };
  assert.deepEqual(config, {
    language: 'ja',
    logLevel: 'debug',
    http: { ...closed, host: '::1', port: 1234 },
    store: { directory: '/state', retentionMs: 129_600_000, maxBytes: 2_147_483_648 },
    logs: {
      timeZone: 'Europe/Berlin',
      files: [
        { path: '/var/log/a.log', kind: 'syslog', remote: true },
        { path: '/b.log', kind: 'dgd' },
      ],
      patterns: [
        { code: 'gateway.down', pattern: 'a b', group: 'IKE' },
        { code: 'x.y', pattern: 'c', group: undefined },
      ],
    },
    sources: {
      remote: { prefix: ['ssh', 'fw', '--'], shell: false },
      vici: undefined,
      statusall: undefined,
      xfrmState: { argv: ['ip', 'x'], schedule: '1 2 3 4 5 *', timeoutMs: 250, required: true },
      xfrmPolicy: undefined,
      interfaces: undefined,
      interfaceMonitor: undefined,
      xfrmStat: undefined,
      lostAfterMs: 120_000,
    },
    discover: false,
    tunnels: [
      { name: 'A', enabled: true, ...learned },
      {
        name: 'B',
        enabled: false,
        role: 'remote-access',
        interface: 'wan1',
        connections: ['B1'],
        children: ['B-1', 'B-2'],
        local: '192.0.2.1',
        remote: 'vpn.example',
        profile: 'P',
      },
    ],
    groups: [{ name: 'G', enabled: false, members: ['B', 'A'] }],
    gateways: [
      { name: 'W', interface: 'wan1' },
      { name: 'V', interface: undefined },
    ],
    interfaces: ['lan1'],
    inventory: { entities: ['/export'], ipsecConf: ['/c/*.conf'], swanctlConf: ['/s'] },
    ha: { addresses: [] },
    holds: {
      lossMs: 0,
      stallMs: 3_600_000,
      switchMs: 5000,
      conflictMs: 0,
      flapCount: 5,
      flapWindowMs: 86_400_000,
    },
  });
});

test('defaults of one configuration are not those of the next', () => {
  const first = parse('tunnels: [{ name: A }]');
  assert.notEqual(first.sources.statusall?.argv, parse('').sources.statusall?.argv);
  assert.deepEqual(parse('tunnels: [{ name: B }]').tunnels[0]?.children, []);
});

test('flags win over the file', () => {
  const text = 'http: { listen: 127.0.0.1:1 }\nlogs: { directory: /a }\nstore: { directory: /b }';
  const flags = { listen: 'localhost:0', logDirectory: '/c/', stateDirectory: './d' };
  for (const config of [parse(text, flags), parse('', flags)]) {
    assert.deepEqual(config.http, { ...closed, host: 'localhost', port: 0 });
    assert.equal(config.logs.files[0]?.path, '/c/strongswan.log');
    assert.equal(config.store.directory, './d');
  }
});

test('a mistake of a flag is said of the flag', () => {
  assert.deepEqual(
    problems('http: { listen: 127.0.0.1:1 }', { listen: ':9814', logDirectory: '' }),
    [
      '--listen: ":9814" does not have the form ADDRESS:PORT, for instance 127.0.0.1:9814 (Address and port; an IPv6 address stands in brackets.)',
      '--log-dir: must not be empty (Where relative paths of `files` start.)',
    ],
  );
  assert.match(
    problems('', { listen: '0.0.0.0:80' }).join(),
    /^--listen: 0\.0\.0\.0 is not a loopback/,
  );
  assert.equal(
    problems('', { listen: '127.0.0.1:99999' })[0],
    '--listen: port 99999 is above 65535',
  );
});

test('a flag does not mend a file that is wrong', () => {
  assert.match(
    problems('http: 1', { listen: '127.0.0.1:1' }).join(),
    /^file\.yaml:1: http: must be/,
  );
  assert.match(problems('[]', { listen: '127.0.0.1:1' }).join(), /^file\.yaml:1: must be/);
});

test('problems stand in the order of the file', () => {
  const lines = problems('holds:\n  flap_count: 0\nlanguage: 1\nx: 1\nhttp: { listen: 1 }');
  assert.deepEqual(
    lines.map((line) => line.split(':')[1]),
    ['2', '3', '4', '5'],
  );
});

test('an address for all is served only when that is allowed', () => {
  const text = "http: { listen: '0.0.0.0:9814', allow_unprotected: true }";
  assert.equal(parse(text).http.host, '0.0.0.0');
  for (const host of ['127.0.0.1', '127.255.1.2', 'localhost', '[::1]']) {
    assert.deepEqual(problems(`http: { listen: '${host}:1' }`), []);
  }
  for (const host of ['127.0.0.1.example', '10.0.0.1', '[::]', 'example', '[::ffff:127.0.0.1]']) {
    assert.match(problems(`http: { listen: '${host}:1' }`).join(), /is not a loopback address/);
  }
});

test('limits are said in words', () => {
  const names = (count: number): string =>
    `[${Array.from({ length: count }, (_, i) => i).join(', ')}]`;
  for (const [text, said] of [
    ['holds: { flap_count: 1001 }', /: must be at most 1000 /],
    ['holds: { flap_count: 2.5 }', /: must be a whole number /],
    [`interfaces: ${names(1001)}`, /interfaces: must have at most 1000 entries /],
    [`gateways: [{ name: ${'x'.repeat(128)} }]`, /name: must have at most 127 characters /],
    ['interfaces: [1]', /interfaces\.0: must be text$/],
  ] as const) {
    assert.match(problems(text).at(0) ?? '', said);
  }
});

test('what the environment says of schedules and patterns', () => {
  const strict = {
    ...environment,
    isSchedule: (cron: string) => !cron.startsWith('9'),
    patternProblem: ({ code }: { code: string }) => (code === 'bad.one' ? 'is bad' : undefined),
  };
  const text = `
logs: { patterns: [{ code: good.one, pattern: x }, { code: bad.one, pattern: y }] }
sources:
  interfaces:
    schedule: '9 * * * * *'`;
  assert.throws(() => parseConfig('f', text, noOverrides, strict), {
    message:
      'f:2: logs.patterns.1: is bad\n' +
      'f:5: sources.interfaces.schedule: "9 * * * * *" is no cron expression with six fields',
  });
});

test('the options are a JSON Schema of the form that they say', () => {
  const ajv = new Ajv2020();
  assert.ok(ajv.validateSchema(options), ajv.errorsText());
});
