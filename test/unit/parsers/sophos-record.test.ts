import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseSophosRecord, readSophosMessage } from '../../../src/parsers/sophos-record.ts';

// Composed in the structure that Sophos documents; no device wrote these.
const before185 =
  'device="SFW" date=2026-11-23 time=11:50:27 timezone="CET" device_name="XG 135" device_id=C0000000001 log_id=062511418055 log_type="Event" log_component="IPSec" log_subtype="System" status="Failed" priority=Warning user_name="" connectionname="Osaka" connectiontype="0" localinterfaceip=192.0.2.1 localgateway="" localnetwork="192.168.10.0/24" remoteinterfaceip=198.51.100.20 remotenetwork="192.168.20.0/24" message="osaka-1 - IKE message retransmission timed out (Remote: 198.51.100.20)"';
const since185 =
  'device_name="SFW" timestamp="2026-11-23T11:50:27+0900" device_model="XGS2100" device_serial_id="X0000000001" log_id="062511600000" log_type="Event" log_component="IPSec" log_subtype="System" log_version=1 severity="Information" con_name="Osaka-1" src_ip="192.0.2.1" dst_ip="198.51.100.20" status="Established" message="IPSec Connection Osaka-1 between 192.0.2.1 and 198.51.100.20 for Child Osaka-2 established."';

suite('records', () => {
  const cases: readonly (readonly [
    title: string,
    line: string,
    component: string,
    connection: string,
    message: string,
    stampLength?: number,
  ])[] = [
    [
      'the header before 18.5',
      before185,
      'ipsec',
      'Osaka',
      'osaka-1 - IKE message retransmission timed out (Remote: 198.51.100.20)',
      19,
    ],
    [
      'the header since 18.5',
      since185,
      'ipsec',
      'Osaka-1',
      'IPSec Connection Osaka-1 between 192.0.2.1 and 198.51.100.20 for Child Osaka-2 established.',
      24,
    ],
    ['a priority in front', '<30>log_component="IPSec" message="a"', 'ipsec', '', 'a'],
    ['a syslog header in front', 'Nov 23 11:50:27 fw log_component=VPN message=a', 'vpn', '', 'a'],
    [
      'blanks in a bare value',
      'log_component=SSL VPN status=Failed message=a b c',
      'ssl vpn',
      '',
      'a b c',
    ],
    ['empty values', 'log_component="IPSec" connectionname= message=', 'ipsec', '', ''],
    [
      'quotes in a quoted value',
      'log_component="IPSec" message="it "is" so"',
      'ipsec',
      '',
      'it "is" so',
    ],
    ['a quoted value cut off', 'log_component="IPSec" message="cut o', 'ipsec', '', 'cut o'],
    [
      'the first of two: a message cannot claim to be another',
      'log_component="IPSec" connectionname="A" message="x" connectionname="B" log_component="Gateway" message="y"',
      'ipsec',
      'A',
      'x',
    ],
    [
      'a zone with a name of its own',
      'date=2026-11-23 time=11:50:27 timezone="UTC" log_component=a',
      'a',
      '',
      '',
      23,
    ],
  ];
  for (const [title, line, component, connection, message, stampLength] of cases) {
    test(title, () => {
      const { stamp, ...record } = parseSophosRecord(line) ?? {};
      assert.deepEqual(record, { component, connection, message });
      assert.equal(stamp?.length, stampLength);
    });
  }

  for (const line of [
    '',
    'some text',
    'a log_component=',
    'the log_component="x',
    'xlog_component=a',
  ]) {
    test(`${line === '' ? 'nothing' : line}: ${line.includes(' log') ? 'a record' : 'no record'}`, () => {
      assert.equal(parseSophosRecord(line) !== undefined, line.includes(' log'));
    });
  }
});

suite('messages', () => {
  const cases: readonly (readonly [
    message: string,
    readings: readonly (readonly [string | undefined, string])[],
  ])[] = [
    ['text', [[undefined, 'text']]],
    ['text (Remote: 198.51.100.20)', [[undefined, 'text']]],
    [
      'Osaka-1 - text (Remote: )',
      [
        [undefined, 'Osaka-1 - text'],
        ['Osaka-1', 'text'],
      ],
    ],
    [
      'a - b - c',
      [
        [undefined, 'a - b - c'],
        ['a', 'b - c'],
        ['a - b', 'c'],
      ],
    ],
    [
      'a - b - c - d - e',
      [
        [undefined, 'a - b - c - d - e'],
        ['a', 'b - c - d - e'],
        ['a - b', 'c - d - e'],
        ['a - b - c', 'd - e'],
      ],
    ],
    [' - text', [[undefined, ' - text']]],
  ];
  for (const [message, readings] of cases) {
    test(message, () => {
      const found = readSophosMessage(message).map(({ connection, text }) => [connection, text]);
      assert.deepEqual(found, readings);
    });
  }
});
