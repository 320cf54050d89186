import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startCoverage } from './coverage.ts';
import { createAttack } from './fuzz.ts';
import { httpTarget } from './http-target.ts';
import { createRandom } from './random.ts';
import { parserTargets } from './targets.ts';

/**
 * Fuzzes every parser and the HTTP surface: `node test/fuzz/run.ts --minutes N [--seed N] [--out DIR]
 * [--only NAME]`. Writes findings, and the inputs that reached new code, below DIR.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_007) },
    out: { type: 'string', default: '/tmp/tunnelwarden-fuzz' },
    only: { type: 'string' },
  },
});
const random = createRandom(Number(values.seed));
const coverage = startCoverage((url) => url.includes('/src/'));
const done: (() => unknown)[] = [];
const all = [...parserTargets, httpTarget({ after: (close) => void done.push(close) })];
const targets = all.filter(({ name }) => values.only === undefined || name === values.only);
const attacks = targets.map((target) => createAttack(target, random, coverage));
const spentMs = attacks.map(() => 0);
mkdirSync(values.out, { recursive: true });

const startedAt = performance.now();
const endsAt = startedAt + Number(values.minutes) * 60_000;
/** Each target gets the same time: it is the turn of the one that has had the least so far. */
const sliceMs = 500;
const reportEveryMs = 60_000;
let reportAt = startedAt;

function report(): void {
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const total = attacks.reduce((sum, { inputs }) => sum + inputs, 0);
  const rows = attacks.map(
    ({ target, inputs, kept, findings }, i) =>
      `  ${target.name}: ${Math.round((spentMs[i] ?? 0) / 1000)} s, ${inputs} inputs, ` +
      `${kept.length} kept, ${findings.length} findings`,
  );
  const found = attacks.flatMap(({ findings }) => findings);
  const text = [
    `seed ${values.seed}, ${seconds} s, ${total} inputs, ${found.length} findings`,
    ...rows,
  ];
  process.stdout.write(`${text.join('\n')}\n`);
  writeFileSync(`${values.out}/summary.txt`, `${text.join('\n')}\n`);
  const lines = (items: readonly unknown[]): string =>
    items.map((item) => `${JSON.stringify(item)}\n`).join('');
  writeFileSync(`${values.out}/findings.jsonl`, lines(found));
  for (const { target, kept } of attacks) {
    writeFileSync(`${values.out}/${target.name}.jsonl`, lines(kept));
  }
}

/** Finds out whether time grows faster than the input at the end of each batch: not too often. */
const mostInputs = 500;

while (performance.now() < endsAt) {
  const turn = spentMs.indexOf(Math.min(...spentMs));
  const attack = attacks[turn];
  if (attack === undefined) throw new Error(`no target is called ${values.only}`);
  const beganAt = performance.now();
  await attack.batch(mostInputs, Math.min(endsAt, beganAt + sliceMs));
  spentMs[turn] = (spentMs[turn] ?? 0) + performance.now() - beganAt;
  if (performance.now() < reportAt) continue;
  reportAt = performance.now() + reportEveryMs;
  report();
}
report();
coverage.close();
for (const close of done) await close();
process.exitCode = attacks.some(({ findings }) => findings.length > 0) ? 1 : 0;
