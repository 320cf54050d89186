import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/** How a command ended: it ran, or it could not be asked. */
export type ExecResult =
  | { readonly ok: true; readonly status: number; readonly stdout: string; readonly stderr: string }
  | {
      readonly ok: false;
      readonly reason: 'missing' | 'denied' | 'timeout' | 'too-large' | 'killed' | 'aborted';
      /** A sentence for the operator. */
      readonly detail: string;
    };

export interface ExecLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Runs an argument vector to its end. Never a shell, never standard input. */
export type Exec = (argv: readonly string[], limits: ExecLimits) => Promise<ExecResult>;

/** Commands print C-locale text, and those in sbin are found whoever runs the daemon. */
function commandEnvironment(): NodeJS.ProcessEnv {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`;
  return { ...process.env, LC_ALL: 'C', PATH: path };
}

export const exec: Exec = async (argv, { timeoutMs, maxBytes }) => {
  const [program = '', ...args] = argv;
  const { promise, resolve } = Promise.withResolvers<ExecResult>();
  // A process group of its own: `ipsec` is a shell script, and its child must die with it.
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: commandEnvironment(),
  });
  const output = { stdout: '', stderr: '' };
  let bytes = 0;
  const fail = (reason: 'timeout' | 'too-large', detail: string): void => {
    killGroup(child);
    child.stdout.destroy();
    child.stderr.destroy();
    resolve({ ok: false, reason, detail });
  };
  const timer = setTimeout(() => {
    fail('timeout', `${program} did not finish within ${timeoutMs} ms and was killed`);
  }, timeoutMs);
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      bytes += text.length;
      if (bytes > maxBytes) fail('too-large', `${program} printed more than ${maxBytes} bytes`);
      else output[stream] += text;
    });
  }
  child.on('error', (error: NodeJS.ErrnoException) => resolve(startFailure(program, error)));
  child.on('close', (status, signal) => {
    resolve(
      status === null
        ? { ok: false, reason: 'killed', detail: `${program} was ended by ${signal ?? 'a signal'}` }
        : { ok: true, status, ...output },
    );
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
};

function startFailure(program: string, error: NodeJS.ErrnoException): ExecResult {
  if (error.code === 'ENOENT') {
    return {
      ok: false,
      reason: 'missing',
      detail: `${program} is not installed or not in the PATH`,
    };
  }
  return { ok: false, reason: 'denied', detail: `${program} cannot be started: ${error.message}` };
}

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
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
    env: commandEnvironment(),
  });
  let rest = '';
  let ended = false;
  const end = (detail: string): void => {
    if (ended) return;
    ended = true;
    onEnd(detail);
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) if (!ended) onLine(line);
  });
  child.on('error', (error) => end(`${program} cannot be started: ${error.message}`));
  child.on('close', (status, signal) =>
    end(`${program} ended with ${signal ?? `status ${status}`}`),
  );
  return {
    stop() {
      ended = true;
      killGroup(child);
    },
  };
};
