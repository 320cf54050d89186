import type { RemoteConfig } from '../../config/config.ts';
import { sshComplaint } from '../../parsers/ssh-complaint.ts';
import type { Exec } from '../../platform/exec.ts';

/** Words that no shell takes apart. */
const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;

function quoted(word: string): string {
  return plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** How commands get to the host that is watched. */
export interface Reach {
  /** The words that run a command there. */
  readonly over: (argv: readonly string[]) => readonly string[];
  /** The words that keep one connection open for all of them; undefined where there is none. */
  readonly master: readonly string[] | undefined;
}

function isSsh([program = '']: readonly string[]): boolean {
  return program === 'ssh' || program.endsWith('/ssh');
}

/**
 * ssh joins the words of a command with blanks and hands them to a shell, so they are quoted. All
 * commands share the connection of one `ssh -N`: where that is not up (yet), ssh makes one of its
 * own for the command. Nobody is there to answer a question, so none is asked.
 */
export function createReach({ prefix, shell }: RemoteConfig, controlPath: string): Reach {
  const over = (words: readonly string[], argv: readonly string[]): readonly string[] => [
    ...words,
    ...(shell ? argv.map((word) => quoted(word)) : argv),
  ];
  if (!isSsh(prefix)) return { over: (argv) => over(prefix, argv), master: undefined };
  const [program = '', ...rest] = prefix;
  const settings = ['BatchMode=yes', 'LogLevel=ERROR', 'ConnectTimeout=5'];
  const path = `ControlPath=${controlPath.replaceAll('%', '%%')}`;
  const common = [...settings, path].flatMap((setting) => ['-o', setting]);
  const client = [program, ...common, '-o', 'ControlMaster=no', ...rest];
  const alive = ['-o', 'ServerAliveInterval=5', '-o', 'ServerAliveCountMax=3'];
  // `auto` also takes over a socket that a killed master has left behind.
  const master = [program, ...common, '-o', 'ControlMaster=auto', ...alive, '-N', ...rest];
  return { over: (argv) => over(client, argv), master };
}

/** Runs commands on the host that is watched. */
export function createRemoteExec(remote: RemoteConfig, reach: Reach, exec: Exec): Exec {
  return async (argv, limits) => {
    const result = await exec(reach.over(argv), limits);
    if (!result.ok || result.status !== 255 || !isSsh(remote.prefix)) return result;
    return { ok: false, reason: 'unreachable', detail: sshComplaint(result.stderr) };
  };
}
