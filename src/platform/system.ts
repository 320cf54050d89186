import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { isatty } from 'node:tty';

/** Makes a directory and its parents; private to the user who runs the daemon. */
export function makeDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/** Moves a SQLite database and its side files out of the way; returns the database's new name. */
export function setAside(path: string, at: number): string {
  const aside = `${path}.set-aside-${new Date(at).toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

/** Resolves with the first of these signals; `onReload` is called on each SIGHUP until then. */
export async function untilStopped(onReload: () => void): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  process.on('SIGHUP', onReload);
  process.once('SIGTERM', resolve);
  process.once('SIGINT', resolve);
  return promise;
}

export function isTerminal(): boolean {
  return isatty(1);
}

/** The addresses of this host's interfaces, without prefix lengths. */
export function ownAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return new Set(all.map(({ address }) => address));
}

/** All of standard input. */
export function readInput(): string {
  return readFileSync(0, 'utf8');
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Where there is a terminal for complaints, a line that the next call writes over. */
export function showProgress(text: string): void {
  if (isatty(2)) process.stderr.write(`\r${text}\u001b[K`);
}

/** The process ends with this status once it has nothing more to do. */
export function setExitStatus(status: number): void {
  process.exitCode = status;
}

/** Ends the process, whatever is still going on. */
export function exit(status: number): never {
  process.exit(status);
}
