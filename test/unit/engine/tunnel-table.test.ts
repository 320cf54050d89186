import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tunnelStates } from '../../../src/events/change.ts';
import { docTables } from '../../helpers/doc-table.ts';
import { cell, inState, inputs } from '../../helpers/tunnel-table.ts';

const [initiator, responder] = docTables('state-machines.md');

test('every state can be reached', () => {
  for (const name of tunnelStates) assert.equal(inState(name, 'initiator').state.state, name);
});

test('the table names every input and every state', () => {
  assert.deepEqual(initiator?.head, ['input', ...tunnelStates]);
  assert.deepEqual([...(initiator?.rows.keys() ?? [])], Object.keys(inputs));
});

for (const input of Object.keys(inputs)) {
  test(`an initiator's tunnel: ${input}`, () => {
    const cells = tunnelStates.map((state) => cell(state, input, 'initiator'));
    assert.deepEqual(cells, initiator?.rows.get(input));
  });

  for (const role of ['responder', 'remote-access'] as const) {
    test(`a tunnel of role ${role}: ${input}`, () => {
      const cells = tunnelStates.map((state) => cell(state, input, role));
      assert.deepEqual(cells, responder?.rows.get(input) ?? initiator?.rows.get(input));
    });
  }
}
