/**
 * `tunnelwarden diagnose` on 200 MB of logs: lines a second, peak memory, and how its time compares
 * with what else one would reach for: grep with a handful of patterns, and mtail where it is
 * installed. Three logs, each made of recorded lines over and over: a quiet day, and two storms that no
 * firewall has for long, rekeyings without a pause and every fault there is, one after another, charon's
 * restarts among them. Run: node test/bench/diagnose.ts
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skipWithout } from '../helpers/installed-tool.ts';
import { quietDay, recordedLines, recordedLog } from '../helpers/recorded-log.ts';

const totalBytes = 200e6;
const main = join(import.meta.dirname, '../../src/main.ts');
const words = [
  'established',
  'giving up',
  'retransmit',
  'NO_PROPOSAL_CHOSEN',
  'AUTHENTICATION_FAILED',
  'deleting',
  'DPD',
];

/** Writes a log of so many bytes; returns its number of lines. */
function writeLog(path: string, recorded: readonly string[]): number {
  const descriptor = openSync(path, 'w');
  let count = 0;
  let written = 0;
  let pending: string[] = [];
  for (const line of recordedLog(recorded, Infinity, 20, Date.UTC(2026, 9, 1))) {
    pending.push(line);
    count += 1;
    if (pending.length < 10_000) continue;
    written += writeSync(descriptor, `${pending.join('\n')}\n`);
    pending = [];
    if (written >= totalBytes) break;
  }
  closeSync(descriptor);
  return count;
}

interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

/** Clock ticks a second, in which /proc counts (`getconf CLK_TCK`). */
const ticks = 100;

/** What a command costs, by /proc while it runs. */
async function costOf(argv: readonly string[]): Promise<Cost> {
  const [program = '', ...args] = argv;
  const startedAt = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  // Not to /dev/null: grep knows it, and stops at the first match.
  child.stdout.resume();
  let peak = 0;
  let cpu = 0;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? peak);
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      cpu = (Number(stat[11]) + Number(stat[12])) / ticks;
    } catch {
      // It has ended between two looks.
    }
  }, 5);
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  const status = await promise;
  clearInterval(look);
  if (status !== 0) throw new Error(`${argv.join(' ')}: ended with ${status}`);
  return {
    seconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: cpu,
    peakMegabytes: peak / 1024,
  };
}

function show(name: string, lines: number, { seconds, cpuSeconds, peakMegabytes }: Cost): void {
  const speed = Math.round(lines / seconds).toLocaleString('en');
  const cpuSpeed = Math.round(lines / cpuSeconds).toLocaleString('en');
  process.stdout.write(
    `  ${name.padEnd(22)} ${seconds.toFixed(1)} s, ${speed} lines/s; ${cpuSpeed} lines a second of CPU; ` +
      `${Math.round(peakMegabytes)} MB at most\n`,
  );
}

async function compare(
  directory: string,
  name: string,
  recorded: readonly string[],
): Promise<void> {
  const log = join(directory, 'charon.log');
  const lines = writeLog(log, recorded);
  process.stdout.write(`${name}: ${lines.toLocaleString('en')} lines, ${totalBytes / 1e6} MB\n`);
  const diagnose = [process.execPath, main, 'diagnose', '--json', log];
  const own = await costOf(diagnose);
  show('tunnelwarden diagnose', lines, own);
  const grep = await costOf(['grep', '-cE', words.join('|'), log]);
  show('grep -cE', lines, grep);
  if (skipWithout('mtail') !== false) return;
  const program = join(directory, 'warden.mtail');
  writeFileSync(program, mtailProgram());
  const mtail = await costOf(['mtail', '--one_shot', '--progs', program, '--logs', log]);
  show('mtail --one_shot', lines, mtail);
  const ratio = mtail.cpuSeconds / own.cpuSeconds;
  process.stdout.write(`  diagnose takes 1/${ratio.toFixed(1)} of mtail's CPU time\n`);
}

/** Counts what the words of grep stand for, by tunnel. */
function mtailProgram(): string {
  const rules = words.map((word, index) => {
    return `counter c${index} by tunnel\n/<(?P<tunnel>[^|]+)\\|\\d+> .*${word}/ {\n  c${index}[$tunnel]++\n}\n`;
  });
  return rules.join('');
}

const directory = mkdtempSync(join(tmpdir(), 'tunnelwarden-bench-'));
try {
  process.stdout.write(`${spawnSync('nproc', { encoding: 'utf8' }).stdout.trim()} CPUs\n`);
  await compare(directory, 'a quiet day', quietDay());
  await compare(directory, 'rekeyings', recordedLines(/^(?:rekey|reauth)/));
  await compare(directory, 'every fault', recordedLines(/./));
} finally {
  rmSync(directory, { recursive: true });
}
