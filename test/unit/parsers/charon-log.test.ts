import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createMatchers } from '../../../src/parsers/catalogue.ts';
import {
  type FileKind,
  type ParsedLine,
  createLogParser,
} from '../../../src/parsers/charon-log.ts';
import { bodyOf } from '../../helpers/events.ts';

const matchers = createMatchers([]);
const readAt = Date.UTC(2026, 10, 23, 12);
const context = { file: '/log/charon.log', line: 7, readAt };

function parse(line: string, kind: FileKind = 'charon'): ParsedLine {
  return createLogParser({ kind, zone: 'UTC', matchers }).parse(line, context);
}

test('a matched line', () => {
  const line = '2026-11-23 11:50:27 05[IKE] <Osaka-1|3> giving up after 5 retransmits';
  const at = Date.UTC(2026, 10, 23, 11, 50, 27);
  assert.deepEqual(parse(line), {
    result: 'matched',
    at,
    message: 'giving up after 5 retransmits',
    event: {
      at,
      latest: at + 999,
      connection: 'Osaka-1',
      ikeId: 3,
      peerAddress: undefined,
      code: 'live.giving_up',
      evidence: { source: '/log/charon.log', line: 7, at, text: line },
      kind: 'gave-up',
    },
  });
});

suite('results', () => {
  const cases: readonly (readonly [line: string, result: string, kind?: FileKind])[] = [
    ['05[IKE] sending DPD request', 'matched'],
    ['05[NET] sending packet: from 192.0.2.1[500] to 198.51.100.1[500] (80 bytes)', 'ignored'],
    ['05[IKE] a text of a release to come', 'unknown'],
    ['05[CFG] sending DPD request', 'unknown'],
    ['', 'ignored'],
    ['05[IKE] ', 'ignored'],
    ['Phase 1 is up', 'matched'],
    ['2026-11-23 11:50:27 Phase 1 is up', 'matched'],
    ['05[DMN] ALERT: peer authentication failed', 'matched'],
    ['Phase 1 is up', 'unknown', 'dgd'],
    ["Gateway 'WAN' is Down", 'unknown', 'charon'],
    ["Gateway 'WAN' is Down", 'matched', 'dgd'],
    ['charon crashed', 'unknown', 'charon'],
    ['charon crashed', 'matched', 'monitor'],
    ['05[IKE] sending DPD request', 'matched', 'dgd'],
    ['log_component="IPSec" message="local authentication failed"', 'matched', 'charon'],
    ['log_component="IPSec" message="something new"', 'unknown', 'syslog'],
    ['log_component="Firewall Rule" message="x"', 'ignored', 'syslog'],
    ['log_component="Gateway" message="Gateway \'WAN\' is Up"', 'matched', 'syslog'],
    [
      'log_component="IPSec failover" message="IPsec connection a failover to b"',
      'matched',
      'syslog',
    ],
    ['log_component="Interface" message="Interface Port2 is down"', 'matched', 'syslog'],
  ];
  for (const [line, result, kind] of cases) {
    test(`${line} in ${kind ?? 'charon'}: ${result}`, () => {
      assert.equal(parse(line, kind).result, result);
    });
  }
});

function record(attributes: string, message: string): string {
  return `device_name="SFW" log_component="IPSec" ${attributes} message="${message}"`;
}

suite('what Sophos reports', () => {
  type Case = readonly [
    line: string,
    connection: string | undefined,
    event: Record<string, unknown>,
  ];
  const childUp = { kind: 'child-reported', name: 'Osaka-1', child: 'Osaka-2', up: true };
  const text = 'IPSec Connection Osaka-1 between 192.0.2.1 and 198.51.100.1 for Child Osaka-2';
  const cases: readonly Case[] = [
    [record('con_name="Osaka-1"', `${text} established.`), 'Osaka-1', childUp],
    [`Osaka-1 - ${text} terminated. (Remote: 198.51.100.1)`, 'Osaka-1', { ...childUp, up: false }],
    [`${text} established.`, undefined, childUp],
    [
      record(
        'connectionname="Osaka"',
        'osaka-1 - IKE message retransmission timed out (Remote: 198.51.100.1)',
      ),
      'Osaka',
      { kind: 'gave-up' },
    ],
    [
      record('connectionname=""', 'osaka - 1 - peer authentication failed'),
      'osaka - 1',
      { kind: 'negotiation-failed', phase: 1, reason: 'authentication-failed', fields: {} },
    ],
    [
      record('', 'IKE_SA timed out before it could be established'),
      undefined,
      { kind: 'ike-half-open-timeout' },
    ],
    [
      record('', 'IKE message retransmission number 2'),
      undefined,
      { kind: 'retransmit', attempt: 2 },
    ],
    [
      record('', 'peer did not respond to initial message, try 1'),
      undefined,
      {
        kind: 'negotiation-failed',
        phase: 1,
        reason: 'peer-not-responding',
        fields: { attempt: '1' },
      },
    ],
    [
      record('', 'replaced old IKE_SA due to uniqueness policy'),
      undefined,
      { kind: 'note', fields: {} },
    ],
    [
      'log_component="Gateway" message="Gateway \'WAN\' is Down"',
      undefined,
      { kind: 'gateway-logged', gateway: 'WAN', up: false },
    ],
    [
      'log_component="Interface" message="Interface Port2 is up"',
      undefined,
      { kind: 'interface-logged', interface: 'Port2', up: true },
    ],
    [
      'log_component="Interface" message="Interface Port2 is off"',
      undefined,
      { kind: 'interface-logged', interface: 'Port2', up: false },
    ],
    [
      'log_component="Gateway" message="Gateway \'WAN\' is Up"',
      undefined,
      { kind: 'gateway-logged', gateway: 'WAN', up: true },
    ],
    [
      'Remote peer is refusing our Phase 1 proposals',
      undefined,
      { kind: 'negotiation-failed', phase: 1, reason: 'no-proposal-chosen', fields: {} },
    ],
  ];
  for (const [line, connection, event] of cases) {
    test(line, () => {
      assert.deepEqual(bodyOf(parse(line, 'syslog').event), event);
      assert.equal(parse(line, 'syslog').event?.connection, connection);
    });
  }

  const monitored: readonly (readonly [line: string, change: string])[] = [
    ['strongswan started', 'started'],
    ['charon crashed', 'crashed'],
    ['charon is not running', 'stopped'],
    ['ipsec daemon shutting down', 'stopping'],
    ['charon refused to be started', 'stopped'],
    ['ipsec starter stopped', 'stopped'],
  ];
  for (const [line, change] of monitored) {
    test(line, () => {
      assert.deepEqual(bodyOf(parse(line, 'monitor').event), { kind: 'daemon', change });
    });
  }
});

suite('time', () => {
  const text = '05[IKE] sending DPD request';
  const second = Date.UTC(2026, 10, 23, 11, 59, 59);

  test('a stamp of a whole second may mean any moment of it', () => {
    const { event } = parse(`2026-11-23 11:59:58 ${text}`);
    assert.deepEqual([event?.at, event?.latest], [second - 1000, second - 1]);
  });

  test('a line that is read within the second of its stamp has just been written', () => {
    const parser = createLogParser({ kind: 'charon', zone: 'UTC', matchers });
    const read = { ...context, readAt: second + 250 };
    const { at, event } = parser.parse(`2026-11-23 11:59:59 ${text}`, read);
    assert.deepEqual([event?.at, event?.latest], [second + 250, second + 250]);
    assert.deepEqual([at, event?.evidence.at], [second, second]);
  });

  test('a stamp of milliseconds means its moment', () => {
    const { event } = parse(`2026-11-23 11:59:59.123 ${text}`);
    assert.deepEqual([event?.at, event?.latest], [second + 123, second + 123]);
  });

  test('a stamp later than its reading, by a clock that is wrong, stands', () => {
    const { event } = parse(`2026-11-23 12:30:00 ${text}`);
    assert.deepEqual([event?.at, event?.latest], [readAt + 1_800_000, readAt + 1_800_000]);
  });

  test('without any stamp it is when it was read', () => {
    const { event } = parse(text);
    assert.deepEqual([event?.at, event?.latest], [readAt, readAt]);
  });

  test('a line without a stamp lags as far behind its reading as the one before', () => {
    const parser = createLogParser({ kind: 'charon', zone: 'UTC', matchers });
    parser.parse(`2026-11-20 11:00:00 ${text}`, context);
    assert.equal(parser.parse(text, context).at, Date.UTC(2026, 10, 20, 11));
    parser.parse(`2026-11-23 11:59:59 ${text}`, context);
    assert.equal(parser.parse(text, { ...context, readAt: readAt + 5000 }).at, readAt + 4000);
  });

  test('a record has a time of its own, in its own zone or the configured one', () => {
    const rest = 'log_component="IPSec" message="local authentication failed"';
    const tokyo = `<30>Nov 23 00:00:00 fw timestamp="2026-11-23T11:00:00+0900" ${rest}`;
    assert.equal(parse(tokyo).at, Date.UTC(2026, 10, 23, 2));
    const parser = createLogParser({ kind: 'syslog', zone: 'Europe/Berlin', matchers });
    const berlin = `date=2026-07-01 time=14:00:00 timezone="CEST" ${rest}`;
    assert.equal(parser.parse(berlin, context).at, Date.UTC(2026, 6, 1, 12));
    assert.equal(
      parser.parse(`Nov 23 12:00:00 fw ${rest}`, context).at,
      Date.UTC(2026, 10, 23, 11),
    );
  });

  test('the second of two hours of the same name follows the first', () => {
    const parser = createLogParser({ kind: 'charon', zone: 'Europe/Berlin', matchers });
    const moments = ['02:59:59', '02:00:00'].map(
      (time) => parser.parse(`2026-10-25 ${time} ${text}`, context).at,
    );
    assert.deepEqual(moments, [Date.UTC(2026, 9, 25, 0, 59, 59), Date.UTC(2026, 9, 25, 1)]);
  });
});

test('patterns of the configuration stand in front', () => {
  const own = createMatchers([]);
  const parser = createLogParser({
    kind: 'charon',
    zone: 'UTC',
    matchers: { ...own, charon: { match: () => ({ code: 'site.x', ignored: false, fields: {} }) } },
  });
  assert.equal(parser.parse('05[IKE] sending DPD request', context).event?.code, 'site.x');
});
