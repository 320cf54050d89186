import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/platform/clock.ts';
import { systemFiles } from '../../src/platform/files.ts';
import { LogFollower } from '../../src/sources/log-follower.ts';
import { captureLogger } from '../helpers/capture-logger.ts';
import { shiftGenerations } from '../helpers/rotate.ts';

/**
 * What followers lose and double: all of them follow one log at the same time, which is written at
 * 20,000 lines a second and rotated every second. Prints the table of docs/log-following.md.
 * node test/bench/followers.ts [SECONDS]; needs the Debian package mtail.
 */
const seconds = Number(process.argv[2] ?? 60);
const linesPerSecond = 20_000;
const rotateEveryMs = 1000;
const modes = ['rename', 'create', 'delete', 'copytruncate', 'truncate'] as const;
const self = fileURLToPath(import.meta.url);
const writer = fileURLToPath(new URL('../helpers/log-writer.ts', import.meta.url));

interface Result {
  readonly seen: number;
  readonly doubled: number;
  /** What the follower itself says it has lost. */
  readonly lostBytes?: number;
}

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
    return { seen: this.#seen, doubled: this.#doubled };
  }
}

/** A part of this script in a process of its own: it prints its result when its input ends. */
function inProcess(role: 'ours' | 'npm', path: string): Following {
  const child = spawn(process.execPath, [self, role, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  return async () => {
    child.stdin.end();
    let text = '';
    for await (const piece of child.stdout.setEncoding('utf8')) text += String(piece);
    const result: Result = JSON.parse(text);
    return result;
  };
}

async function answerAtTheEnd(result: () => Result): Promise<void> {
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.on('end', resolve));
  process.stdout.write(JSON.stringify(result()), () => process.exit(0));
}

async function followAsWeDo(path: string): Promise<void> {
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

/** Copies and truncates while the writer writes, as logrotate does. */
async function rotateFromOutside(
  mode: string,
  path: string,
  ended: Promise<unknown>,
): Promise<void> {
  const isOver = async (): Promise<boolean> => {
    await ended;
    return true;
  };
  const over = isOver();
  while (!(await Promise.race([over, pause(rotateEveryMs, false)]))) {
    if (mode === 'copytruncate') {
      shiftGenerations(path, 5);
      copyFileSync(path, `${path}.1`);
    }
    truncateSync(path);
  }
}

async function measure(mode: (typeof modes)[number], port: number): Promise<readonly string[]> {
  const directory = mkdtempSync(`${tmpdir()}/tunnelwarden-followers-`);
  const path = `${directory}/charon.log`;
  closeSync(openSync(path, 'a'));
  const followings: Readonly<Record<string, Following>> = {
    tunnelwarden: inProcess('ours', path),
    'npm `tail` 2.2.6': inProcess('npm', path),
    'GNU `tail -F`': followWithGnuTail(path),
    mtail: followWithMtail(path, directory, port),
  };
  await pause(2000);
  const total = seconds * linesPerSecond;
  const isFromOutside = mode === 'copytruncate' || mode === 'truncate';
  const args = [
    String(total),
    isFromOutside ? 'none' : mode,
    String(rotateEveryMs),
    String(linesPerSecond),
  ];
  const child = spawn(process.execPath, [writer, path, ...args], { stdio: 'inherit' });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  if (isFromOutside) await rotateFromOutside(mode, path, ended);
  await ended;
  await pause(3000);
  const rows: string[] = [];
  for (const [name, resultOf] of Object.entries(followings)) {
    const { seen, doubled, lostBytes } = await resultOf();
    const counted = lostBytes === undefined ? '-' : String(lostBytes);
    const share = `${((100 * (total - seen)) / total).toFixed(4)} %`;
    rows.push(`| ${[mode, name, total, total - seen, share, doubled, counted].join(' | ')} |`);
  }
  rmSync(directory, { recursive: true });
  return rows;
}

async function main(): Promise<void> {
  if (spawnSync('mtail', ['--version']).status !== 0) throw new Error('install mtail first');
  process.stdout.write(
    '| rotation | follower | written | missing | | doubled | bytes counted as lost |\n' +
      '| --- | --- | ---: | ---: | ---: | ---: | ---: |\n',
  );
  for (const [i, mode] of modes.entries()) {
    for (const row of await measure(mode, 19_900 + i)) process.stdout.write(`${row}\n`);
  }
}

const [, , role, path = ''] = process.argv;
if (role === 'ours') await followAsWeDo(path);
else if (role === 'npm') await followWithTail(path);
else await main();
