import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../../src/config/parse.ts';

const noOverrides = { logDirectory: undefined, stateDirectory: undefined, listen: undefined };

test('on another host: VICI of this one is left alone, unless a socket is named', () => {
  const sources = (text: string) =>
    parseConfig('file.yaml', text, noOverrides, {
      timeZone: 'UTC',
      isSchedule: () => true,
      patternProblem: () => undefined,
    }).sources;
  const remote = 'remote: { prefix: [ssh, fw] }';
  assert.equal(sources(`sources: { ${remote} }`).vici, undefined);
  const named = sources(`sources: { ${remote}, vici: { sockets: [/tmp/fw.vici] } }`);
  assert.deepEqual(named.vici?.sockets, ['/tmp/fw.vici']);
});
