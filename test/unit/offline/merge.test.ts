import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Sequence, mergeSequences } from '../../../src/offline/merge.ts';

interface Item {
  readonly at: number;
  readonly id: string;
}

function sequence(startsAt: number, pieces: readonly (readonly Item[])[]): Sequence<Item> {
  return {
    startsAt,
    async *read() {
      yield* pieces;
    },
  };
}

async function merged(sequences: readonly Sequence<Item>[]): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const piece of mergeSequences(sequences)) {
    assert.ok(piece.length > 0);
    items.push(...piece);
  }
  return items;
}

const item = (at: number, id: string): Item => ({ at, id });

test('items come in the order of time, of one moment in the order of the sequences', async () => {
  const newer = sequence(3, [[item(3, 'b1'), item(5, 'b2')], [], [item(9, 'b3')]]);
  const older = sequence(1, [[item(1, 'a1')], [item(3, 'a2'), item(3, 'a3'), item(7, 'a4')]]);
  const items = await merged([newer, older, sequence(0, [])]);
  assert.deepEqual(
    items.map(({ id }) => id),
    ['a1', 'a2', 'a3', 'b1', 'b2', 'a4', 'b3'],
  );
});

test('the order within a sequence is kept whatever its moments say', async () => {
  const set = sequence(5, [[item(5, 'a1'), item(2, 'a2'), item(6, 'a3')]]);
  const other = sequence(1, [[item(1, 'b1'), item(4, 'b2'), item(6, 'b3')]]);
  const items = await merged([set, other]);
  assert.deepEqual(
    items.map(({ id }) => id),
    ['b1', 'b2', 'a1', 'a2', 'b3', 'a3'],
  );
});

test('a sequence is not read before its time', async () => {
  const read: string[] = [];
  const watched = (name: string, moments: readonly number[]): Sequence<Item> => ({
    startsAt: moments[0] ?? 0,
    async *read() {
      for (const at of moments) {
        read.push(`${name}${at}`);
        yield [item(at, name)];
      }
    },
  });
  await merged([watched('b', [10, 11]), watched('a', [1, 2])]);
  assert.deepEqual(read, ['a1', 'a2', 'b10', 'b11']);
});

test('nothing is lost or doubled, and all is in order', async () => {
  const moments = fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 6 }));
  await fc.assert(
    fc.asyncProperty(fc.array(moments, { maxLength: 5 }), async (files) => {
      const sequences = files.map((pieces, file) => {
        let count = 0;
        const sorted = pieces.flat().toSorted((a, b) => a - b);
        const cut = pieces.map(({ length }) => {
          return sorted.splice(0, length).map((at) => item(at, `${file}:${count++}`));
        });
        return { all: cut.flat(), sequence: sequence(cut.flat()[0]?.at ?? 0, cut) };
      });
      const items = await merged(sequences.map((one) => one.sequence));
      assert.deepEqual(
        items.map(({ at }) => at),
        sequences.flatMap(({ all }) => all.map(({ at }) => at)).toSorted((a, b) => a - b),
      );
      for (const [file, { all }] of sequences.entries()) {
        assert.deepEqual(
          items.filter(({ id }) => id.startsWith(`${file}:`)),
          all,
        );
      }
    }),
  );
});
