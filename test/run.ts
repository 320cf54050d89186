import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * Runs the checks of this project. Without an argument all of them, as CI does; `gate`: the fast
 * ones; `golden`: writes golden files and generated documents anew; `lab NAME…`: scenarios.
 */

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules/.bin');
const isCi = process.env['CI'] !== undefined;
const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, FORCE_COLOR: '0' };
const coverage = join(root, 'coverage/coverage-summary.json');

interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly tests: number;
  readonly skipped: number;
  readonly seconds: number;
}

type Print = (text: string) => void;
const show: Print = (text) => process.stdout.write(text);

/** Runs a command, shows what it prints, and reads the counts of node:test from it. */
async function run(
  name: string,
  argv: readonly string[],
  more: object = {},
  print = show,
): Promise<Outcome> {
  print(`\n== ${name}\n`);
  const startedAt = performance.now();
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    cwd: root,
    env: { ...env, ...more },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const counts = new Map<string, number>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, what = '', count] = /^ℹ (\w+) (\d+)$/.exec(line) ?? [];
    counts.set(what, Number(count));
    // Thousands of passing tests say nothing; what failed or was skipped does.
    if (!/^\s*(?:✔|▶)/.test(line)) print(`${line}\n`);
  });
  const { promise, resolve } = Promise.withResolvers<number>();
  child.on('error', (error) => {
    print(`${program}: ${error.message}\n`);
    resolve(1);
  });
  child.on('close', (status) => resolve(status ?? 1));
  const status = await promise;
  const seconds = (performance.now() - startedAt) / 1000;
  const [tests = 0, skipped = 0] = [counts.get('tests'), counts.get('skipped')];
  return { name, ok: status === 0, tests, skipped, seconds };
}

function files(...patterns: readonly string[]): readonly string[] {
  const found = patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).toSorted();
  if (found.length === 0) throw new Error(`no tests match ${patterns.join(', ')}`);
  return found;
}

function nodeTest(...patterns: readonly string[]): readonly string[] {
  return ['node', '--test', ...files(...patterns)];
}

const checks: readonly (readonly [string, readonly string[]])[] = [
  ['types', ['tsc']],
  ['lint', ['oxlint', '--deny-warnings', 'src', 'test']],
  ['format', ['oxfmt', '--check', '.']],
  ['dead code', ['knip']],
  ['duplicates', ['jscpd', 'src', '--min-tokens', '60', '--threshold', '1', '--silent']],
];

/** The engine and the parsers have no branch that no test takes. */
function coverageProblems(): readonly string[] {
  const summary: Record<string, { branches: { total: number; pct: number } }> = JSON.parse(
    readFileSync(coverage, 'utf8'),
  );
  return Object.entries(summary)
    .filter(([file]) => /\/src\/(?:engine|parsers)\//.test(file))
    .filter(([file]) => !isTypesOnly(file))
    .filter(([, { branches }]) => branches.pct < 100)
    .map(([file, { branches }]) => `${file.slice(root.length + 1)}: ${branches.pct} % of branches`);
}

/** A file of types alone is never loaded, and counts as not covered. */
function isTypesOnly(file: string): boolean {
  return !/^(?:export )?(?:const|let|function|class|async)/m.test(readFileSync(file, 'utf8'));
}

async function unitTests(): Promise<Outcome> {
  const c8 = ['c8', '--all', '--include', 'src/**/*.ts', '--extension', '.ts'];
  const reports = ['-r', 'json-summary', '-r', 'text-summary', '--reports-dir', 'coverage'];
  const suites = nodeTest('test/{unit,golden,property}/**/*.test.ts');
  const outcome = await run('unit, golden and property tests', [...c8, ...reports, ...suites]);
  const problems = outcome.ok ? coverageProblems() : [];
  for (const problem of problems) process.stdout.write(`not covered: ${problem}\n`);
  return { ...outcome, ok: outcome.ok && problems.length === 0 };
}

async function gate(): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [name, argv] of checks) outcomes.push(await run(name, argv));
  return [...outcomes, await unitTests()];
}

/** Every command over ssh takes the lab's CPU a second: this one has the machine for itself. */
const besideNobody = 'test/lab/sidecar.test.ts';

/** With more failures than this something is broken that a second try does not mend. */
const mostAgain = 3;

async function runScenarios(file: string, cpu: number, print?: Print): Promise<Outcome> {
  return run(file, ['node', file], { NODE_TEST_WORKER_ID: `${cpu}` }, print);
}

/**
 * Every scenario, two kernels at a time. Kernels, charon and daemon live in real time, and the two share the machine with
 * whatever else runs on it: a file that fails is tried once more, alone, and the summary tells.
 */
async function lab(): Promise<readonly Outcome[]> {
  const waiting = files('test/lab/*.test.ts').filter((file) => file !== besideNobody);
  const outcomes: Outcome[] = [];
  const work = async (cpu: number): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      let text = '';
      outcomes.push(await runScenarios(file, cpu, (more) => (text += more)));
      show(text);
    }
  };
  await Promise.all([work(1), work(2)]);
  outcomes.push(await runScenarios(besideNobody, 1));
  const failed = outcomes.filter(({ ok }) => !ok);
  if (failed.length > mostAgain) return outcomes;
  const again: Outcome[] = [];
  for (const { name } of failed) again.push(await runScenarios(name, 1));
  return [
    ...outcomes.filter(({ ok }) => ok),
    ...again.map((outcome) => ({ ...outcome, name: `${outcome.name} (second try)` })),
  ];
}

/** Debian packages that tests need: installed where that is possible, else those tests skip. */
function installPackages(): void {
  const { status } = spawnSync(join(root, '.ci/install-packages.sh'), { stdio: 'inherit' });
  if (status !== 0) process.stdout.write('Tests that need these packages are skipped.\n');
}

function summarize(outcomes: readonly Outcome[]): number {
  process.stdout.write('\n');
  for (const { name, ok, tests, skipped, seconds } of outcomes) {
    const counts = tests === 0 ? '' : `, ${tests} tests`;
    const skips = skipped === 0 ? '' : `, ${skipped} SKIPPED`;
    process.stdout.write(
      `${ok ? 'ok    ' : 'FAILED'} ${name}${counts}${skips}, ${seconds.toFixed(1)} s\n`,
    );
  }
  const skipped = outcomes.reduce((sum, outcome) => sum + outcome.skipped, 0);
  if (skipped > 0 && isCi) process.stdout.write('CI must run every test: a skip is a failure.\n');
  return outcomes.every(({ ok }) => ok) && !(skipped > 0 && isCi) ? 0 : 1;
}

async function main([mode, ...names]: readonly string[]): Promise<number> {
  switch (mode) {
    case undefined:
      installPackages();
      return summarize([
        ...(await gate()),
        await run('browser', nodeTest('test/browser/*.test.ts')),
        ...(await lab()),
      ]);
    case 'gate':
      return summarize(await gate());
    case 'golden': {
      const update = { UPDATE_GOLDEN: '1', UPDATE_DOCS: '1' };
      return summarize([await run('golden', nodeTest('test/{golden,unit}/**/*.test.ts'), update)]);
    }
    case 'lab': {
      const scenarios = names.map((name) => `test/lab/${name}.test.ts`);
      const missing = scenarios.filter((file) => !existsSync(join(root, file)));
      if (missing.length > 0) throw new Error(`there is no ${missing.join(', ')}`);
      return summarize([
        await run('lab', nodeTest(...(names.length > 0 ? scenarios : ['test/lab/*.test.ts']))),
      ]);
    }
    default:
      throw new Error(`unknown mode ${mode}; known: gate, golden, lab`);
  }
}

process.exitCode = await main(process.argv.slice(2));
