import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** The real daemon in a process of its own. */
export class Daemon {
  readonly #child: ChildProcess;
  readonly entries: string[] = [];
  #complaints = '';

  /** @param wrapper a command that executes what follows it. */
  constructor(configFile: string, wrapper: readonly string[] = []) {
    const run = [process.execPath, main, 'run', '--config', configFile];
    const [program = '', ...args] = [...wrapper, ...run];
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let rest = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      this.entries.push(...lines);
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints += text;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get complaints(): string {
    return this.#complaints;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Waits until it has said so much; fails when it ends before. */
  async says(what: string, condition: (entries: readonly string[]) => boolean): Promise<void> {
    await until(what, () => {
      if (!this.isRunning) throw new Error(`the daemon has ended: ${this.#complaints}`);
      return condition(this.entries);
    });
  }

  /** Waits until it serves; resolves to its address. */
  async ready(): Promise<string> {
    await this.says('that it serves', (entries) => entries.some((one) => one.includes(' serves ')));
    return / serves (http:[^"]*)/.exec(this.entries.join('\n'))?.[1] ?? '';
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.isRunning) {
      const ended = once(this.#child, 'close');
      this.#child.kill(signal);
      await ended;
    }
    return this.#child.exitCode;
  }
}
