import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childUp, evidence, logged, noon } from '../../helpers/events.ts';
import { diagnosed, logsOnly } from '../../helpers/diagnosed.ts';

/** The codes of what a rekeying that the peer began has left in the journal. */
function rekeyedByPeer(...order: readonly ('log' | 'vici')[]): readonly boolean[] {
  const run = diagnosed(logsOnly(['T', { connections: ['T-1'] }]));
  run.feed(
    ...order.map((teller) =>
      teller === 'log'
        ? logged(childUp('T-1', 2, { direction: 'inbound' }), noon)
        : { ...logged(childUp('T-1', 2), noon), evidence: { ...evidence, source: 'vici' } },
    ),
  );
  const [journal] = run.journals.takeDirty().filter(({ subject }) => subject === 'T');
  return journal?.childLife.children.map(({ byPeer }) => byPeer) ?? [];
}

test('who began a rekeying the log alone tells, however quick VICI is', () => {
  assert.deepEqual(rekeyedByPeer('log'), [true]);
  assert.deepEqual(rekeyedByPeer('vici', 'log'), [true]);
  assert.deepEqual(rekeyedByPeer('log', 'vici'), [true]);
});
