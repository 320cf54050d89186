import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupStates } from '../../../src/events/change.ts';
import { docTables } from '../../helpers/doc-table.ts';
import { cell, inState, situations } from '../../helpers/group-table.ts';

const table = docTables('state-machines.md')[2];

test('every state can be reached', () => {
  for (const name of groupStates) assert.equal(inState(name).state, name);
});

test('the table names every situation and every state', () => {
  assert.deepEqual(table?.head, ['members', ...groupStates]);
  assert.deepEqual([...(table?.rows.keys() ?? [])], Object.keys(situations));
});

for (const situation of Object.keys(situations)) {
  test(situation, () => {
    const cells = groupStates.map((state) => cell(state, situation));
    assert.deepEqual(cells, table?.rows.get(situation));
  });
}
