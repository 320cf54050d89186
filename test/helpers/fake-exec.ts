import type { Exec, ExecLimits, ExecResult } from '../../src/platform/exec.ts';
import type { LineStream, StreamLines } from '../../src/platform/exec.ts';

/** A command that was asked for; the test says how it ends. */
export interface FakeRun {
  readonly argv: readonly string[];
  readonly limits: ExecLimits;
  readonly end: (result: ExecResult) => void;
}

/** Commands that do nothing until the test ends them. */
export function fakeExec(): { readonly exec: Exec; readonly runs: FakeRun[] } {
  const runs: FakeRun[] = [];
  return {
    runs,
    exec(argv, limits) {
      const { promise, resolve } = Promise.withResolvers<ExecResult>();
      runs.push({ argv, limits, end: resolve });
      return promise;
    },
  };
}

/** A command that ends at once, always in the same way. */
export function endsWith(result: Partial<ExecResult & { ok: true }>): Exec {
  return () => Promise.resolve({ ok: true, status: 0, stdout: '', stderr: '', ...result });
}

/** A stream that the test prints to and ends. */
export interface FakeStream {
  readonly argv: readonly string[];
  readonly print: (line: string) => void;
  readonly end: (detail: string) => void;
  stopped: boolean;
}

export function fakeStreams(): {
  readonly streamLines: StreamLines;
  readonly streams: FakeStream[];
} {
  const streams: FakeStream[] = [];
  return {
    streams,
    streamLines(argv, print, end): LineStream {
      const stream: FakeStream = { argv, print, end, stopped: false };
      streams.push(stream);
      return {
        stop() {
          stream.stopped = true;
        },
      };
    },
  };
}
