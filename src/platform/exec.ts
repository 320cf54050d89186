import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';

/** How a command ended: it ran, or it could not be asked. */
export type ExecResult =
  | { readonly ok: true; readonly status: number; readonly stdout: string; readonly stderr: string }
  | {
      readonly ok: false;
      readonly reason: 'missing' | 'denied' | 'timeout' | 'too-large' | 'killed' | 'unreachable';
      /** A sentence for the operator. */
      readonly detail: string;
    };

export interface ExecLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** What the output is read as: text in UTF-8, or one character a byte. */
  readonly encoding?: 'utf8' | 'latin1';
}

/** Runs an argument vector to its end. Never a shell, never standard input. */
export type Exec = (argv: readonly string[], limits: ExecLimits) => Promise<ExecResult>;

/** Commands print C-locale text, and those in sbin are found whoever runs the daemon. */
function commandEnvironment(): NodeJS.ProcessEnv {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`;
  return { ...process.env, LC_ALL: 'C', PATH: path };
}

/** Why a program cannot be started, in a sentence. */
type Refusal = {
  readonly ok: false;
  readonly reason: 'missing' | 'denied';
  readonly detail: string;
};

type Running = ChildProcess & { readonly stdout: Readable };

/** A process group of its own: `ipsec` is a shell script, and its child must die with it. */
function start(
  [program = '', ...args]: readonly string[],
  stderr: 'pipe' | 'ignore',
): Running | Refusal {
  try {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', stderr],
      detached: true,
      env: commandEnvironment(),
    });
    if (hasOutput(child)) return child;
    // There was no descriptor to spare for the pipes, and `error` is still to come.
    child.on('error', () => undefined);
    return refusal(program, new Error('too many open files'));
  } catch (error) {
    return refusal(program, error);
  }
}

function hasOutput(child: ChildProcess): child is Running {
  return Boolean(child.stdout);
}

function refusal(program: string, error: unknown): Refusal {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') {
    const detail = `${program} is not installed or not in the PATH`;
    return { ok: false, reason: 'missing', detail };
  }
  const text = error instanceof Error ? error.message : String(error);
  return { ok: false, reason: 'denied', detail: `${program} cannot be started: ${text}` };
}

export const exec: Exec = async (argv, { timeoutMs, maxBytes, encoding = 'utf8' }) => {
  const [program = ''] = argv;
  const child = start(argv, 'pipe');
  if ('ok' in child) return child;
  const { promise, resolve } = Promise.withResolvers<ExecResult>();
  const output: { readonly stdout: Buffer[]; readonly stderr: Buffer[] } = {
    stdout: [],
    stderr: [],
  };
  let bytes = 0;
  const fail = (reason: 'timeout' | 'too-large', detail: string): void => {
    killGroup(child);
    child.stdout.destroy();
    child.stderr?.destroy();
    resolve({ ok: false, reason, detail });
  };
  const timer = setTimeout(() => {
    fail('timeout', `${program} did not finish within ${timeoutMs} ms and was killed`);
  }, timeoutMs);
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) fail('too-large', `${program} printed more than ${maxBytes} bytes`);
      else output[stream].push(chunk);
    });
  }
  child.on('error', (error) => resolve(refusal(program, error)));
  child.on('close', (status, signal) => {
    resolve(
      status === null
        ? { ok: false, reason: 'killed', detail: `${program} was ended by ${signal ?? 'a signal'}` }
        : {
            ok: true,
            status,
            stdout: Buffer.concat(output.stdout).toString(encoding),
            stderr: Buffer.concat(output.stderr).toString(),
          },
    );
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
};

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself in the meantime.
  }
}

/** A command that runs for as long as the daemon does and prints a line now and then. */
export interface LineStream {
  stop(): void;
}

/** Starts one; `onEnd` is called once, with a sentence, when it ends by itself or cannot start. */
export type StreamLines = (
  argv: readonly string[],
  onLine: (line: string) => void,
  onEnd: (detail: string) => void,
) => LineStream;

/** A line without an end would grow in memory: what is longer than this is cut. */
const longestLine = 65_536;

export const streamLines: StreamLines = (argv, onLine, onEnd) => {
  const [program = ''] = argv;
  const child = start(argv, 'ignore');
  let ended = false;
  const end = (detail: string): void => {
    if (ended) return;
    ended = true;
    onEnd(detail);
  };
  const stop = (): void => {
    // Once it has ended by itself, its number may be somebody else's.
    if (!ended && !('ok' in child)) killGroup(child);
    ended = true;
  };
  if ('ok' in child) {
    // The caller does not have the stream yet.
    queueMicrotask(() => end(child.detail));
    return { stop };
  }
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) if (!ended) onLine(line);
  });
  child.on('error', (error) => end(refusal(program, error).detail));
  child.on('close', (status, signal) =>
    end(`${program} ended with ${signal ?? `status ${status}`}`),
  );
  return { stop };
};
