import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summed } from '../../../../src/events/charon-load.ts';
import { parseViciMessage } from '../../../../src/parsers/vici/message.ts';
import { parseViciCounters, parseViciStats } from '../../../../src/parsers/vici/load.ts';
import { messageBytes } from '../../../helpers/vici.ts';
import type { PlainMessage } from '../../../helpers/vici.ts';

const message = (plain: PlainMessage) => parseViciMessage(messageBytes(plain))!;

test('how busy charon is', () => {
  const workers = { total: '16', idle: '11', active: { critical: '4', high: '0', low: '1' } };
  const queues = { critical: '0', high: '0', medium: '7', low: '2' };
  const ikesas = { total: '3', 'half-open': '1' };
  assert.deepEqual(parseViciStats(message({ workers, queues, ikesas })), {
    idleWorkers: 11,
    activeWorkers: [4, 0, 0, 1],
    queuedJobs: [0, 0, 7, 2],
    ikeSas: 3,
    halfOpen: 1,
  });
  for (const other of [{}, { workers }, { workers, ikesas: { total: '3' } }, { ikesas }])
    assert.equal(parseViciStats(message({ queues, ...other })), undefined);
});

test('what charon has counted, by connection, and together', () => {
  const counters = {
    '': { invalid: '9', 'invalid-spi': '2' },
    'T-1': { 'ike-init-out-req': '3', 'ike-init-in-resp': '2', 'info-in-req': 'x', invalid: '1' },
    'T-2': { 'ike-init-out-req': '4', 'info-out-resp': '5', 'info-in-req': '6' },
  };
  const counts = parseViciCounters(message({ counters, success: 'yes' }));
  assert.deepEqual([...counts.keys()], ['', 'T-1', 'T-2']);
  assert.deepEqual([counts.get('')?.invalid, counts.get('')?.invalidSpi], [9, 2]);
  const none = { requestsIn: 0, responsesIn: 0, requestsOut: 0, responsesOut: 0 };
  const [, first, second] = [...counts.values()];
  assert.deepEqual(summed([first!, second!]), {
    invalid: 1,
    invalidSpi: 0,
    messages: [
      { ...none, requestsOut: 7, responsesIn: 2 },
      none,
      none,
      { ...none, requestsIn: 6, responsesOut: 5 },
    ],
  });
  const failed = parseViciCounters(message({ success: 'no', errmsg: 'no counters found' }));
  assert.equal(failed.size, 0);
});
