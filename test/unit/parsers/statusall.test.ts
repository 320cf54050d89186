import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStatusall } from '../../../src/parsers/statusall.ts';
import { child, ike, ikeLine, parse } from '../../helpers/statusall-lines.ts';

const header = 'Status of IKE charon daemon (strongSwan 5.9.8, Linux 6.1.176, x86_64):';

for (const { name, text, reason } of [
  { name: 'nothing', text: '', reason: 'empty' },
  { name: 'blanks', text: ' \n\n', reason: 'empty' },
  { name: 'a message', text: 'ipsec: command not found\n', reason: 'unrecognised' },
  { name: 'another output', text: 'src 192.0.2.1 dst 192.0.2.2\n', reason: 'unrecognised' },
  { name: 'the first line only', text: `${header}\n`, reason: 'cut-off' },
  { name: 'an end before the SAs', text: 'Connections:\n', reason: 'cut-off' },
  {
    name: 'a count of SAs, and none listed',
    text: 'Security Associations (3 up, 0 connecting):\n',
    reason: 'cut-off',
  },
]) {
  test(`no statusall: ${name}`, () => {
    assert.deepEqual(parseStatusall(text), { ok: false, reason });
  });
}

test('status lines, with and without those that some builds lack', () => {
  const tail = ['Security Associations (0 up, 0 connecting):', '  none'];
  const full = parse(
    header,
    '  uptime: 12 days, since Jan 02 03:04:05 2026',
    '  malloc: sbrk 1351680, mmap 0, used 319456, free 1032224',
    '  worker threads: 11 of 16 idle, 5/0/0/0 working, job queue: 0/0/0/0, scheduled: 4',
    '  loaded plugins: charon aes stroke',
    'Virtual IP pools (size/online/offline):',
    '  10.66.0.0/24: 254/1/0',
    'Listening IP addresses:',
    '  192.0.2.1',
    ...tail,
  );
  assert.deepEqual(full, {
    ok: true,
    version: '5.9.8',
    uptime: '12 days, since Jan 02 03:04:05 2026',
    workers: { idle: 11, total: 16 },
    connections: [],
    shunts: [],
    routed: [],
    ikeSas: [],
    childSas: [],
    up: 0,
    connecting: 0,
    complete: true,
    unknownLines: 0,
  });
  const weak = parse(
    'Status of IKE charon daemon (weakSwan 5.0.2):',
    '  something new: 1',
    ...tail,
  );
  assert.equal(weak.version, '5.0.2');
  assert.equal(weak.unknownLines, 1);
  assert.equal(parse(...tail).version, undefined);
});

test('lines may end in CR LF', () => {
  const text = `${header}\r\nSecurity Associations (1 up, 0 connecting):\r\n  ${ikeLine}\r\n`;
  const result = parseStatusall(text);
  assert.ok(result.ok);
  assert.deepEqual(result.ikeSas, [ike]);
});

for (const { name, counts, lines, complete } of [
  { name: 'as many as counted', counts: '1 up, 0', lines: [ikeLine], complete: true },
  { name: 'none, while one is counted', counts: '0 up, 1', lines: ['none'], complete: false },
  { name: 'no match for a name', counts: '0 up, 0', lines: ['no match'], complete: true },
  {
    name: 'a count that wrapped around',
    counts: '4294967295 up, 2',
    lines: [ikeLine],
    complete: false,
  },
]) {
  test(`complete: ${name}`, () => {
    const result = parse(
      `Security Associations (${counts} connecting):`,
      ...lines.map((line) => `  ${line}`),
    );
    assert.equal(result.complete, complete);
  });
}

test('counts of SAs', () => {
  const { up, connecting } = parse('Security Associations (98 up, 317 connecting):', '  none');
  assert.deepEqual([up, connecting], [98, 317]);
});

test('shunts and traps', () => {
  const result = parse(
    'Shunted Connections:',
    '  lan: A === B:  10.1.0.0/16 === 10.1.0.0/16 PASS',
    '  something else',
    '  x:  something else',
    'Routed Connections:',
    '   on-demand{1}:  ROUTED, TUNNEL, reqid 7',
    '   on-demand{1}:   10.1.0.0/16 === 10.2.0.0/16',
    '   something else',
    'Security Associations (0 up, 0 connecting):',
    '  none',
  );
  assert.deepEqual(result.shunts, [
    {
      name: 'lan: A === B',
      localTs: ['10.1.0.0/16'],
      remoteTs: ['10.1.0.0/16'],
      mode: 'PASS',
      dpdAction: undefined,
    },
  ]);
  assert.deepEqual(result.routed, [
    {
      ...child,
      child: 'on-demand',
      childId: 1,
      ikeId: undefined,
      connection: undefined,
      state: 'ROUTED',
      reqid: 7,
      spiIn: undefined,
      spiOut: undefined,
      localTs: ['10.1.0.0/16'],
      remoteTs: ['10.2.0.0/16'],
    },
  ]);
  assert.equal(result.unknownLines, 3);
});
