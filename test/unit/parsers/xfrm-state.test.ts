import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { XfrmState } from '../../../src/events/security-associations.ts';
import { parseXfrmStates } from '../../../src/parsers/xfrm-state.ts';

const state: XfrmState = {
  src: '192.0.2.1',
  dst: '192.0.2.2',
  protocol: 'esp',
  spi: 'c1a2b3d4',
  reqid: 1,
  mode: 'tunnel',
  ifId: undefined,
  mark: undefined,
  encryption: undefined,
  integrity: undefined,
  udpEncapsulation: false,
  bytes: undefined,
  packets: undefined,
  sequenceIn: undefined,
  sequenceOut: undefined,
  replayWindowErrors: undefined,
  replayErrors: undefined,
  integrityErrors: undefined,
  addedAt: undefined,
};
const head = 'src 192.0.2.1 dst 192.0.2.2';
const proto = '\tproto esp spi 0xc1a2b3d4 reqid 1 mode tunnel';

const cases: readonly { name: string; lines: readonly string[]; changes: Partial<XfrmState> }[] = [
  { name: 'the least', lines: [proto], changes: {} },
  {
    name: 'IPv6',
    lines: [proto],
    changes: { src: '2001:db8::1', dst: '2001:db8::2' },
  },
  {
    name: 'numbers twice, with -s',
    lines: ['\tproto esp spi 0x0de4f5a6(233108902) reqid 14(0x0000000e) mode tunnel'],
    changes: { spi: '0de4f5a6', reqid: 14 },
  },
  {
    name: 'AH in transport mode',
    lines: [
      '\tproto ah spi 0xc1a2b3d4 reqid 1 mode transport',
      '\tauth-trunc hmac(sha256) 0x11 128',
    ],
    changes: { protocol: 'ah', mode: 'transport', integrity: 'hmac(sha256)' },
  },
  {
    name: 'IP in IP, by number',
    lines: ['\tproto 4 spi 0x0a000148 reqid 0 mode tunnel'],
    changes: { protocol: '4', spi: '0a000148', reqid: 0 },
  },
  {
    name: 'IPCOMP',
    lines: ['\tproto comp spi 0x0000ddc2 reqid 11 mode tunnel', '\tcomp deflate '],
    changes: { protocol: 'comp', spi: '0000ddc2', reqid: 11 },
  },
  {
    name: 'no SPI',
    lines: ['\tproto route2 reqid 1 mode ro'],
    changes: { protocol: 'route2', mode: 'ro', spi: '00000000' },
  },
  {
    name: 'algorithms, keys hidden',
    lines: [
      proto,
      '\tauth-trunc hmac(sha256) <<Keys hidden>> 128',
      '\tenc cbc(aes) <<Keys hidden>>',
    ],
    changes: { integrity: 'hmac(sha256)', encryption: 'cbc(aes)' },
  },
  {
    name: 'algorithms, keys shown',
    lines: [proto, '\tauth hmac(md5) 0x0011 (128 bits)', '\tenc cbc(des3_ede) 0x2233 (192 bits)'],
    changes: { integrity: 'hmac(md5)', encryption: 'cbc(des3_ede)' },
  },
  {
    name: 'a combined algorithm',
    lines: [proto, '\taead rfc4106(gcm(aes)) 0x0011 128'],
    changes: { encryption: 'rfc4106(gcm(aes))' },
  },
  {
    name: 'in UDP',
    lines: [proto, '\tencap type espinudp sport 4500 dport 4500 addr 0.0.0.0'],
    changes: { udpEncapsulation: true },
  },
  {
    name: 'in UDP, old style',
    lines: [proto, '\tencap type espinudp-nonike sport 4500 dport 4500 addr 0.0.0.0'],
    changes: { udpEncapsulation: true },
  },
  {
    name: 'in TCP',
    lines: [proto, '\tencap type espintcp sport 4500 dport 4500 addr 0.0.0.0'],
    changes: {},
  },
  {
    name: 'marks',
    lines: [proto, '\tmark 0x10/0xff output-mark 0x20/0xffffffff'],
    changes: { mark: '0x10/0xff' },
  },
  { name: 'an output mark only', lines: [proto, '\toutput-mark 0x20'], changes: {} },
  { name: 'an interface', lines: [proto, '\tif_id 0x2a'], changes: { ifId: 42 } },
  { name: 'interface zero', lines: [proto, '\tif_id 0'], changes: { ifId: 0 } },
  {
    name: 'sequence numbers',
    lines: [proto, '\tanti-replay context: seq 0x1f, oseq 0x3, bitmap 0xffffffff'],
    changes: { sequenceIn: 31, sequenceOut: 3 },
  },
  {
    name: 'extended sequence numbers',
    lines: [
      proto,
      '\tanti-replay esn context:',
      '\t seq-hi 0x2, seq 0x1, oseq-hi 0x0, oseq 0xffffffff',
      '\t replay_window 128, bitmap-length 4',
      '\t 00000000 00000000 00000000 00000007 ',
    ],
    changes: { sequenceIn: 8_589_934_593, sequenceOut: 4_294_967_295 },
  },
  {
    name: 'statistics',
    lines: [
      proto,
      '\treplay-window 32 seq 0x00000000 flag af-unspec (0x00100000)',
      '\tlifetime config:',
      '\t  limit: soft (INF)(bytes), hard (INF)(bytes)',
      '\t  limit: soft 7(packets), hard 8(packets)',
      '\t  expire add: soft 2979(sec), hard 3600(sec)',
      '\tlifetime current:',
      '\t  184467(bytes), 1234(packets)',
      '\t  add 2026-11-23 12:13:03 use -',
      '\tstats:',
      '\t  replay-window 3 replay 12 failed 1',
    ],
    changes: {
      bytes: 184_467,
      packets: 1234,
      addedAt: '2026-11-23 12:13:03',
      replayWindowErrors: 3,
      replayErrors: 12,
      integrityErrors: 1,
    },
  },
  {
    name: 'a larval state',
    lines: [
      '\tproto esp spi 0x00000000(0) reqid 1(0x00000001) mode tunnel',
      '\tsel src 10.1.0.1/32 dst 10.2.0.1/32 proto icmp type 8 code 0 dev wan1 uid 0',
    ],
    changes: { spi: '00000000' },
  },
  {
    name: 'lines that are not of interest',
    lines: [proto, '\ttfcpad 1', '\tdir in', '\tlastused -', '\tsecurity context system_u:a:b:s0 '],
    changes: {},
  },
];

for (const { name, lines, changes } of cases) {
  const expected = { ...state, ...changes };
  const text = [`src ${expected.src} dst ${expected.dst}`, ...lines, ''];
  test(`xfrm state: ${name}`, () => {
    assert.deepEqual(parseXfrmStates(text.join('\n')), { states: [expected], unknownLines: 0 });
  });
  test(`xfrm state on one line: ${name}`, () => {
    assert.deepEqual(parseXfrmStates(`${text.join('\\')}\n`), {
      states: [expected],
      unknownLines: 0,
    });
  });
}

test('several states', () => {
  const { states } = parseXfrmStates(
    [head, proto, head, proto.replace('c1a2b3d4', 'c1a2b3d5')].join('\n'),
  );
  assert.deepEqual(
    states.map(({ spi }) => spi),
    ['c1a2b3d4', 'c1a2b3d5'],
  );
});

for (const { name, text, unknownLines } of [
  { name: 'nothing', text: '', unknownLines: 0 },
  { name: 'a message', text: 'RTNETLINK answers: Operation not permitted\n', unknownLines: 1 },
  { name: 'no line with a protocol', text: `${head}\n\treplay-window 0\n`, unknownLines: 1 },
  { name: 'no destination', text: `src 192.0.2.1\n${proto}\n`, unknownLines: 1 },
  { name: 'no source', text: `src  dst 192.0.2.2\n${proto}\n`, unknownLines: 1 },
  { name: 'no reqid', text: `${head}\n\tproto esp spi 0xc1a2b3d4 mode tunnel\n`, unknownLines: 1 },
  { name: 'no mode', text: `${head}\n\tproto esp spi 0xc1a2b3d4 reqid 1\n`, unknownLines: 1 },
]) {
  test(`no xfrm state: ${name}`, () => {
    assert.deepEqual(parseXfrmStates(text), { states: [], unknownLines });
  });
}
