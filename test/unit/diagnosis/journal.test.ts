import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isForJournals, newJournal, withLine } from '../../../src/diagnosis/journal.ts';
import { parseLog } from '../../helpers/diagnosed.ts';
import { recordedLines } from '../../helpers/recorded-log.ts';

test('what is not for journals would change none', () => {
  const around = { ikeSas: [{ ikeId: 1, established: true }], movedAt: 0 };
  let journal = newJournal('Osaka');
  let others = 0;
  for (const event of parseLog(recordedLines(/./).join('\n'))) {
    if (!('code' in event)) continue;
    const next = withLine(journal, event, around);
    if (!isForJournals(event)) {
      assert.equal(next, journal, event.code);
      others += 1;
    }
    journal = next;
  }
  assert.ok(others > 500);
});
