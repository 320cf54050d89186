import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const prefix = 'tunnelwarden-lab-';

/** Named after this process, so that a later one can remove what a killed one has left behind. */
export function temporaryDirectory(): string {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const [pid = ''] = name.slice(prefix.length).split('-');
    if (existsSync(`/proc/${pid}`)) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // somebody else's
    }
  }
  return mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
}

/**
 * One CPU for the kernel and all of its processes: each system call in the guest is a hand-over between two processes
 * of the machine, three to four times faster when both are on one CPU. Each worker of the test runner has its own.
 */
export function pickCpu(): string {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  const cpus = (list ?? '0').split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
  return String(cpus[Number(process.env['NODE_TEST_WORKER_ID'] ?? process.pid) % cpus.length]);
}

/** The guest's memory is a file: in memory where there is room for it (a container's /dev/shm is often too small). */
export function memoryDirectory(memoryMb: number, otherwise: string): string {
  if (!existsSync('/dev/shm')) return otherwise;
  const { bavail, bsize } = statfsSync('/dev/shm');
  return bavail * bsize > memoryMb * 2 ** 20 ? '/dev/shm' : otherwise;
}

/** The project's own Node, which the guest sees where the machine has it. */
export const guestNode = fileURLToPath(
  new URL('../../node_modules/node/bin/node', import.meta.url),
);

/** The library that the kernel needs on CPUs with much register state (ptrace-xstate.c), compiled when it has changed. */
export function preloaded(): string {
  const source = fileURLToPath(new URL('ptrace-xstate.c', import.meta.url));
  const hash = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16);
  const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
  const library = join(cache, `ptrace-xstate-${hash}.so`);
  if (existsSync(library)) return library;
  mkdirSync(cache, { recursive: true });
  const own = `${library}.${process.pid}`;
  execFileSync('gcc', ['-O2', '-shared', '-fPIC', '-o', own, source, '-ldl']);
  renameSync(own, library); // whole or not at all, for who compiles it at the same time
  return library;
}
