import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseXfrmStat } from '../../../src/parsers/xfrm-stat.ts';

for (const { name, text, counters } of [
  {
    name: 'counters, known and new',
    text: 'XfrmInError             \t0\nXfrmOutNoStates         \t12\nXfrmInNew 3\r\n',
    counters: { XfrmInError: 0, XfrmOutNoStates: 12, XfrmInNew: 3 },
  },
  { name: 'nothing', text: '', counters: {} },
  { name: 'other lines', text: 'Ip: Forwarding 1\n__proto__ 1\nXfrmInError x\n', counters: {} },
]) {
  test(`xfrm_stat: ${name}`, () => {
    assert.deepEqual(parseXfrmStat(text), counters);
  });
}
