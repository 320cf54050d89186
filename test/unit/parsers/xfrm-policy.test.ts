import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { XfrmPolicy } from '../../../src/events/security-associations.ts';
import { parseXfrmPolicies } from '../../../src/parsers/xfrm-policy.ts';

const policy: XfrmPolicy = {
  src: '10.1.0.0/16',
  dst: '10.2.0.0/16',
  direction: 'out',
  action: 'allow',
  priority: 375_423,
  protocol: undefined,
  device: undefined,
  ifId: undefined,
  mark: undefined,
  templates: [],
};
const head = 'src 10.1.0.0/16 dst 10.2.0.0/16 ';
const dir = '\tdir out priority 375423 ptype main ';
const template = {
  src: '192.0.2.1',
  dst: '192.0.2.2',
  protocol: 'esp',
  spi: undefined,
  reqid: 1,
  mode: 'tunnel',
};

const cases: readonly { name: string; lines: readonly string[]; changes: Partial<XfrmPolicy> }[] = [
  { name: 'without templates', lines: [head, dir], changes: {} },
  {
    name: 'direction in',
    lines: [head, dir.replace('out', 'in')],
    changes: { direction: 'in' },
  },
  {
    name: 'of a socket',
    lines: ['src ::/0 dst ::/0 ', '\tsocket in priority 0 ptype main '],
    changes: { src: '::/0', dst: '::/0', direction: 'socket in', priority: 0 },
  },
  {
    name: 'blocking',
    lines: [head, '\tdir out action block priority 375423 ptype main '],
    changes: { action: 'block' },
  },
  {
    name: 'with -s',
    lines: [
      `${head}uid 0`,
      '\tdir out action allow index 553 priority 375423 ptype main share any flag  (0x00000000)',
      '\tlifetime config:',
      '\t  limit: soft (INF)(bytes), hard (INF)(bytes)',
      '\tlifetime current:',
      '\t  0(bytes), 0(packets)',
      '\t  add 2026-11-23 12:15:32 use -',
      '\ttmpl src 192.0.2.1 dst 192.0.2.2',
      '\t\tproto esp spi 0x00000000(0) reqid 1(0x00000001) mode tunnel',
      '\t\tlevel required share any ',
      '\t\tenc-mask ffffffff auth-mask ffffffff comp-mask ffffffff',
    ],
    changes: { templates: [template] },
  },
  {
    name: 'a protocol, ports and a device',
    lines: [`${head}proto tcp sport 5 dport 443 dev wan1 `, dir],
    changes: { protocol: 'tcp', device: 'wan1' },
  },
  {
    name: 'a mark and an interface, on both sides of the template',
    lines: [
      head,
      dir,
      '\tmark 0x10/0xff ',
      '\ttmpl src 192.0.2.1 dst 192.0.2.2',
      '\t\tproto esp spi 0xc1a2b3d4 reqid 1 mode tunnel',
      '\tif_id 0x2a',
    ],
    changes: { mark: '0x10/0xff', ifId: 42, templates: [{ ...template, spi: 'c1a2b3d4' }] },
  },
  {
    name: 'two templates',
    lines: [
      head,
      dir,
      '\ttmpl src 192.0.2.1 dst 192.0.2.2',
      '\t\tproto comp reqid 1 mode tunnel',
      '\t\tlevel use ',
      '\ttmpl src 0.0.0.0 dst 0.0.0.0',
      '\t\tproto esp reqid 1 mode transport',
    ],
    changes: {
      templates: [
        { ...template, protocol: 'comp' },
        { ...template, src: '0.0.0.0', dst: '0.0.0.0', mode: 'transport' },
      ],
    },
  },
  {
    name: 'templates that are cut off',
    lines: [
      head,
      dir,
      '\ttmpl src 192.0.2.1',
      '\ttmpl dst 192.0.2.2 reqid 1',
      '\ttmpl src 192.0.2.1 dst 192.0.2.2',
      '\t\tproto esp mode tunnel',
      '\ttmpl src 192.0.2.1 dst 192.0.2.2',
      '\t\tproto esp reqid 1',
      '\ttmpl src 192.0.2.1 dst 192.0.2.2',
    ],
    changes: {},
  },
];

for (const { name, lines, changes } of cases) {
  const expected = { policies: [{ ...policy, ...changes }], unknownLines: 0 };
  test(`xfrm policy: ${name}`, () => {
    assert.deepEqual(parseXfrmPolicies(`${lines.join('\n')}\n`), expected);
  });
  test(`xfrm policy on one line: ${name}`, () => {
    assert.deepEqual(parseXfrmPolicies(`${lines.join('\\')}\\\n`), expected);
  });
}

for (const { name, text, unknownLines } of [
  { name: 'nothing', text: '', unknownLines: 0 },
  { name: 'a message', text: 'Object "xfrm" is unknown, try "ip help".\n', unknownLines: 1 },
  { name: 'no direction', text: `${head}\n\tpriority 1\n`, unknownLines: 1 },
  { name: 'no priority', text: `${head}\n\tdir out ptype main\n`, unknownLines: 1 },
  { name: 'no destination', text: `src 10.1.0.0/16\n${dir}\n`, unknownLines: 1 },
  { name: 'no source', text: `src  dst 10.2.0.0/16\n${dir}\n`, unknownLines: 1 },
]) {
  test(`no xfrm policy: ${name}`, () => {
    assert.deepEqual(parseXfrmPolicies(text), { policies: [], unknownLines });
  });
}
