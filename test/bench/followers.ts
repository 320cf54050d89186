import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { getPriority, setPriority, tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/platform/clock.ts';
import { systemFiles } from '../../src/platform/files.ts';
import { LogFollower } from '../../src/sources/log-follower.ts';
import { captureLogger } from '../helpers/capture-logger.ts';
import type { Truncation } from '../helpers/rotator.ts';

/**
 * What followers lose and double: all of them follow one log at the same time, which is written at
 * 20,000 lines a second and rotated every second. Prints the table of docs/log-following.md.
 * A line that is missing was readable if it stood in a copy, or if the file was not truncated within
 * a millisecond after it had been written.
 * node test/bench/followers.ts [SECONDS [MODE]...]; needs the Debian package mtail.
 */
const seconds = Number(process.argv[2] ?? 60);
const linesPerSecond = 20_000;
const rotateEveryMs = 1000;
const allModes = ['rename', 'create', 'delete', 'copytruncate', 'truncate'];
const modes = process.argv.length > 3 ? process.argv.slice(3) : allModes;
/** So long a line has to be there for a reader that is woken at once. */
const readableUs = 1000;
const self = fileURLToPath(import.meta.url);
const writer = fileURLToPath(new URL('../helpers/log-writer.ts', import.meta.url));
const rotator = fileURLToPath(new URL('../helpers/rotator.ts', import.meta.url));

interface Result {
  readonly seen: number;
  readonly doubled: number;
  /** Numbers of the lines that were seen; undefined where only a count is known. */
  readonly ranges?: readonly Range[];
  /** What the follower itself says it has lost. */
  readonly lostBytes?: number;
}

/** Whole numbers, the second one excluded. */
type Range = readonly [number, number];

/** A follower that runs; it is asked for its result when it has had time to catch up. */
type Following = () => Promise<Result>;

/** Counts numbered lines; without anything that grows, and would keep the follower waiting. */
class Count {
  readonly #times = new Uint8Array(3_000_000);
  #seen = 0;
  #doubled = 0;

  add(line: string): void {
    const number = Number(/^line (\d+) of a log that is written fast$/.exec(line)?.[1]);
    // A garbled line is as good as a missing one.
    if (Number.isNaN(number)) return;
    const times = this.#times[number] ?? 0;
    this.#times[number] = times + 1;
    if (times === 0) this.#seen += 1;
    else this.#doubled += 1;
  }

  get result(): Result {
    const ranges: Range[] = [];
    for (let at = this.#times.indexOf(1); at !== -1;) {
      let end = at;
      while ((this.#times[end] ?? 0) > 0) end += 1;
      ranges.push([at, end]);
      at = this.#times.findIndex((times, i) => i > end && times > 0);
    }
    return { seen: this.#seen, doubled: this.#doubled, ranges };
  }
}

/** A part of this script in a process of its own: it prints its result when its input ends. */
function inProcess(role: 'ours' | 'npm' | 'reads', path: string): Following {
  const follower = run(self, [role, path]);
  return async () => {
    follower.end();
    const result: Result = JSON.parse(await follower.output);
    return result;
  };
}

async function answerAtTheEnd(result: () => Result): Promise<void> {
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.on('end', resolve));
  process.stdout.write(JSON.stringify(result()), () => process.exit(0));
}

/** At the priority that its systemd unit gives it; needs root. */
async function followAsWeDo(path: string): Promise<void> {
  setPriority(getPriority() - 5);
  const count = new Count();
  const follower = new LogFollower(path, undefined, {
    files: systemFiles,
    clock: systemClock,
    logger: captureLogger(),
    spoolDirectory: tmpdir(),
    onBatch: ({ lines }) => lines.forEach((line) => count.add(line)),
  });
  follower.start();
  await answerAtTheEnd(() => ({ ...count.result, lostBytes: follower.status.lostBytes }));
}

/** Plain use of the package, as its page shows it. */
async function followWithTail(path: string): Promise<void> {
  const count = new Count();
  const { Tail }: { Tail: new (path: string, options: object) => NodeJS.EventEmitter } =
    createRequire(import.meta.url)('tail');
  const tail = new Tail(path, { fromBeginning: true, follow: true });
  tail.on('line', (line: string) => count.add(line));
  tail.on('error', () => undefined);
  await answerAtTheEnd(() => count.result);
}

/** Reads without a pause, and takes lines apart afterwards: what this misses, nobody could have read. */
async function onlyRead(path: string): Promise<void> {
  setPriority(getPriority() - 5);
  const chunks: Buffer[] = [];
  const buffer = Buffer.allocUnsafe(1 << 20);
  const file = openSync(path, 'r');
  let offset = 0;
  process.stdin.resume();
  while (!process.stdin.readableEnded) {
    for (let turn = 0; turn < 10_000; turn += 1) {
      const length = readSync(file, buffer, 0, buffer.length, offset);
      if (length > 0) chunks.push(Buffer.from(buffer.subarray(0, length)));
      offset = length === 0 && fstatSync(file).size < offset ? 0 : offset + length;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  const count = new Count();
  for (const line of Buffer.concat(chunks).toString('latin1').split('\n')) count.add(line);
  process.stdout.write(JSON.stringify(count.result), () => process.exit(0));
}

function followWithGnuTail(path: string): Following {
  const count = new Count();
  const child = spawn('tail', ['-F', '-n', '+1', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  createInterface({ input: child.stdout }).on('line', (line) => count.add(line));
  return async () => {
    child.kill();
    await new Promise((resolve) => child.on('close', resolve));
    return count.result;
  };
}

const mtailProgram = `counter seen
counter doubled
hidden gauge last
/^line (?P<n>\\d+) of a log that is written fast$/ {
  $n < last {
    doubled++
  }
  $n >= last {
    seen++
  }
  last = $n + 1
}
`;

/** One of mtail's metrics, as its `/json` has it. */
interface Metric {
  readonly Name: string;
  readonly LabelValues?: readonly { readonly Value: { readonly Value: number } }[];
}

function followWithMtail(path: string, directory: string, port: number): Following {
  writeFileSync(`${directory}/lines.mtail`, mtailProgram);
  const args = [
    '--progs',
    directory,
    '--logs',
    path,
    '--port',
    String(port),
    '--address',
    '127.0.0.1',
  ];
  const child = spawn('mtail', [...args, '--log_dir', directory], { stdio: 'ignore' });
  return async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/json`);
    const metrics: readonly Metric[] = JSON.parse(await answer.text());
    child.kill();
    const valueOf = (name: string): number =>
      metrics.find((one) => one.Name === name)?.LabelValues?.[0]?.Value.Value ?? 0;
    return { seen: valueOf('seen'), doubled: valueOf('doubled') };
  };
}

/** When lines were written and files truncated. */
interface Course {
  readonly total: number;
  readonly writtenUs: readonly number[];
  readonly truncations: readonly Truncation[];
}

/** How many of the lines that are missing could have been read. */
function readable({ total, writtenUs, truncations }: Course, seen: readonly Range[]): number {
  let count = 0;
  let next = 0;
  for (const [from, to] of [...seen, [total, total] as const]) {
    for (let line = next; line < from; line += 1) {
      const at = writtenUs[Math.floor(line / 20)] ?? 0;
      const truncation = truncations.find(({ endedUs }) => endedUs > at);
      const lastCopied = Number(/\d+/.exec(truncation?.lastCopied ?? '')?.[0] ?? -1);
      const leftUs = (truncation?.beganUs ?? Number.POSITIVE_INFINITY) - at;
      if (leftUs > readableUs || line <= lastCopied) count += 1;
    }
    next = to;
  }
  return count;
}

/** Runs a script to its end, which comes when its input does; what it printed. */
function run(script: string, args: readonly string[]): { end(): void; output: Promise<string> } {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const read = async (): Promise<string> => {
    let text = '';
    for await (const piece of child.stdout.setEncoding('utf8')) text += String(piece);
    return text;
  };
  return { end: () => child.stdin.end(), output: read() };
}

async function measure(mode: string, port: number): Promise<readonly string[]> {
  const directory = mkdtempSync(`${tmpdir()}/tunnelwarden-followers-`);
  const path = `${directory}/charon.log`;
  const times = `${directory}/times.json`;
  closeSync(openSync(path, 'a'));
  const isFromOutside = mode === 'copytruncate' || mode === 'truncate';
  const followings: Readonly<Record<string, Following>> = {
    tunnelwarden: inProcess('ours', path),
    'npm `tail` 2.2.6': inProcess('npm', path),
    'GNU `tail -F`': followWithGnuTail(path),
    mtail: followWithMtail(path, directory, port),
    ...(isFromOutside ? { 'a loop that only reads': inProcess('reads', path) } : {}),
  };
  await pause(2000);
  const total = seconds * linesPerSecond;
  const ownMode = isFromOutside ? 'none' : mode;
  const every = String(rotateEveryMs);
  const writing = run(writer, [path, String(total), ownMode, every, String(linesPerSecond), times]);
  const rotating = isFromOutside ? run(rotator, [path, mode, every]) : undefined;
  await writing.output;
  rotating?.end();
  const truncations: readonly Truncation[] = JSON.parse((await rotating?.output) ?? '[]');
  await pause(3000);
  const course = { total, writtenUs: JSON.parse(readFileSync(times, 'utf8')), truncations };
  const rows: string[] = [];
  for (const [name, resultOf] of Object.entries(followings)) {
    const { seen, doubled, ranges, lostBytes = '-' } = await resultOf();
    const missing = total - seen;
    const share = `${((100 * missing) / total).toFixed(4)} %`;
    const could = missing === 0 ? 0 : ranges ? readable(course, ranges) : '-';
    rows.push(`| ${[mode, name, total, missing, share, could, doubled, lostBytes].join(' | ')} |`);
  }
  rmSync(directory, { recursive: true });
  return rows;
}

async function main(): Promise<void> {
  if (spawnSync('mtail', ['--version']).status !== 0) throw new Error('install mtail first');
  process.stdout.write(
    '| rotation | follower | written | missing | | of them readable | doubled | bytes counted as lost |\n' +
      '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n',
  );
  for (const [i, mode] of modes.entries()) {
    for (const row of await measure(mode, 19_900 + i)) process.stdout.write(`${row}\n`);
  }
}

const [, , role, path = ''] = process.argv;
if (role === 'ours') await followAsWeDo(path);
else if (role === 'npm') await followWithTail(path);
else if (role === 'reads') await onlyRead(path);
else await main();
