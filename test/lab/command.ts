import { constants } from 'node:os';

/** An argument list, executed as it stands, or a bash script. */
export type Command = readonly string[] | string;

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
}

export interface RunOptions extends CommandOptions {
  /** The command is killed then, with its whole process group; 30 seconds by default. */
  readonly timeoutMs?: number;
  /** Returns the result of a command that failed; by default that is a CommandError. */
  readonly mayFail?: boolean;
}

/** Times are the guest's own, in milliseconds since the epoch. */
export interface Exit {
  readonly code: number;
  /** The shell cannot tell death by a signal from exit with 128 plus its number; nor can this. */
  readonly signal: string | undefined;
  readonly endedAt: number;
}

export interface Result extends Exit {
  readonly stdout: string;
  readonly stderr: string;
  readonly startedAt: number;
}

export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly stdout: string;
  readonly stderr: string;

  constructor(message: string, output: { stdout: string; stderr: string }) {
    super([message, output.stdout.trim(), output.stderr.trim()].filter(Boolean).join('\n'));
    this.stdout = output.stdout;
    this.stderr = output.stderr;
  }
}

export const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

export const nameOf = (command: Command): string =>
  typeof command === 'string' ? command.trim() : command.join(' ');

export function scriptOf(command: Command, { env = {}, cwd }: CommandOptions): string {
  return [
    ...Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}`),
    ...(cwd === undefined ? [] : [`cd ${quoted(cwd)} || exit`]),
    typeof command === 'string' ? command : `exec ${command.map(quoted).join(' ')}`,
    '',
  ].join('\n');
}

export function exitOf(status: number, endedAt: number): Exit {
  const signal = Object.entries(constants.signals).find(([, number]) => number === status - 128);
  return { code: status, signal: signal?.[0], endedAt };
}
