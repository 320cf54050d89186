import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createAttack } from '../fuzz/fuzz.ts';
import { httpTarget } from '../fuzz/http-target.ts';
import { createRandom } from '../fuzz/random.ts';
import { parserTargets } from '../fuzz/targets.ts';

const corpus = join(import.meta.dirname, '../fixtures/fuzz');

/** What a fuzzing run of an hour kept for a target: inputs that reached new code, and what it found. */
function seeds(target: string): readonly string[] {
  return readdirSync(corpus)
    .filter((file) => file === `${target}.jsonl`)
    .flatMap((file) => readFileSync(join(corpus, file), 'utf8').trim().split('\n'))
    .map((line) => String(JSON.parse(line)));
}

const seed = 20_261_125;
/** Some ten seconds in all. */
const inputs = 5000;
const requests = 300;
/** Targets with long inputs. */
const slow = new Set(['config', 'entities']);

describe('fuzzing', () => {
  for (const target of parserTargets) {
    test(target.name, async () => {
      for (const input of seeds(target.name)) target.run(input);
      const attack = createAttack(target, createRandom(seed), undefined);
      await attack.batch(slow.has(target.name) ? requests : inputs);
      assert.deepEqual(attack.findings, []);
    });
  }
  test('http', async (t) => {
    const target = httpTarget({ after: (done) => t.after(done) });
    for (const input of seeds(target.name)) await target.run(input);
    const attack = createAttack(target, createRandom(seed), undefined);
    await attack.batch(requests);
    assert.deepEqual(attack.findings, []);
  });
});
