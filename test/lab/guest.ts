import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { Channel, type Start, type Ticket } from './channel.ts';
import { CommandError, nameOf, scriptOf } from './command.ts';
import type { Command, CommandOptions, Exit, Result, RunOptions } from './command.ts';
import { patience } from './pace.ts';
import { memoryDirectory, pickCpu, preloaded, temporaryDirectory } from './machine.ts';

export interface GuestOptions {
  /** Kept afterwards; by default a temporary one that goes with the guest. */
  readonly directory?: string;
  readonly memoryMb?: number;
}

const startTimeoutMs = 60_000;
const running = new Set<Guest>();
process.on('exit', () => {
  for (const guest of running) guest.discard();
});

/** A process that runs in the guest. */
export interface GuestProcess extends Start {
  readonly exited: Promise<Exit>;
  /** What it has written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** True when the process was there to receive it. */
  readonly kill: (signal?: NodeJS.Signals) => Promise<boolean>;
}

/** A user-mode Linux kernel on the machine's own file system, and the commands that run in it. */
export class Guest {
  readonly directory: string;
  readonly #isTemporary: boolean;
  readonly #kernel: ChildProcess;
  readonly #channel: Channel;
  readonly #ended: Promise<void>;
  #console = '';

  /** The kernel runs and takes commands when this resolves. */
  static async boot(options: GuestOptions = {}): Promise<Guest> {
    const guest = new Guest(options);
    try {
      await guest.#within(startTimeoutMs, 'the boot', guest.#channel.expect('boot').exited);
    } catch (error) {
      await guest.close();
      throw error;
    }
    return guest;
  }

  private constructor({ directory, memoryMb = 1024 }: GuestOptions) {
    this.#isTemporary = directory === undefined;
    this.directory = directory ?? temporaryDirectory();
    mkdirSync(join(this.directory, 'commands'), { recursive: true });
    const init = fileURLToPath(new URL('init.sh', import.meta.url));
    const release = readdirSync('/usr/lib/uml/modules')[0];
    const blank = [this.directory, init].find((path) => /[\s"]/.test(path));
    if (blank !== undefined) throw new Error(`a kernel's command line has no blanks: ${blank}`);
    const kernel = [
      'linux.uml root=/dev/root rootfstype=hostfs rootflags=/ ro quiet noreboot panic=-1',
      'con0=null,fd:1 con=null ssl0=fd:3 ssl=null selinux=0',
      'initcall_blacklist=raid6_select_algo', // a benchmark of 0.9 s
      `mem=${memoryMb}M uml_dir=${this.directory}/ umid=uml`,
      `init=${init} LAB=${this.directory} KREL=${release}`,
    ].join(' ');
    this.#kernel = spawn('/usr/bin/taskset', ['-c', pickCpu(), ...kernel.split(' ')], {
      detached: true, // a process group of its own, to be killed as one
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        LD_PRELOAD: preloaded(),
        TMPDIR: memoryDirectory(memoryMb, this.directory),
      },
    });
    running.add(this);
    for (const stream of [this.#kernel.stdout, this.#kernel.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#log(text));
    }
    const line = this.#kernel.stdio[3];
    if (!(line instanceof Duplex)) throw new TypeError('a serial line goes both ways');
    this.#channel = new Channel(line);
    this.#ended = new Promise((resolve) => {
      this.#kernel.on('error', (error) => resolve(this.#fail(error.message)));
      this.#kernel.on('exit', () => this.#kill()); // its helpers would hold the pipes open
      this.#kernel.on('close', (code, signal) => resolve(this.#fail(`exit ${signal ?? code}`)));
    });
  }

  /** Runs a command on a host ("-" is the guest itself) to its end. */
  async run(host: string, command: Command, options: RunOptions = {}): Promise<Result> {
    const { ticket, files } = this.#send(host, command, options);
    const what = `${host}: ${nameOf(command)}`;
    const output = (): { stdout: string; stderr: string } => ({
      stdout: read(`${files}.out`),
      stderr: read(`${files}.err`),
    });
    try {
      const exit = await this.#within(patience(options.timeoutMs ?? 30_000), what, ticket.exited);
      const { startedAt } = await ticket.started;
      const result = { ...exit, ...output(), startedAt };
      if (exit.code === 0 || options.mayFail === true) return result;
      throw new CommandError(`${what}: exit ${exit.signal ?? exit.code}`, result);
    } catch (error) {
      if (error instanceof CommandError) throw error;
      void ticket.started
        .then(async ({ group }) => this.#channel.ask(host, 'kill', 'SIGKILL', -group))
        .catch(() => {}); // the guest itself has ended
      throw new CommandError(error instanceof Error ? error.message : String(error), output());
    } finally {
      for (const end of ['sh', 'in', 'out', 'err']) rmSync(`${files}.${end}`, { force: true });
    }
  }

  /** Starts a command on a host and resolves while it runs. */
  async spawn(host: string, command: Command, options: CommandOptions = {}): Promise<GuestProcess> {
    const { ticket, files } = this.#send(host, command, options);
    const start = await this.#within(startTimeoutMs, `${host}: ${nameOf(command)}`, ticket.started);
    return {
      ...start,
      exited: ticket.exited,
      stdout: () => read(`${files}.out`),
      stderr: () => read(`${files}.err`),
      kill: async (signal = 'SIGTERM') =>
        (await this.#channel.ask(host, 'kill', signal, start.pid)).code === 0,
    };
  }

  /** Starts the command loop of a host whose network namespace exists. */
  async startHost(name: string): Promise<void> {
    await this.#within(startTimeoutMs, `host ${name}`, this.#channel.ask('-', 'host', name));
  }

  /** How far the guest's clock is ahead of this process's, by the quickest of a few round trips of the channel. */
  async clock(): Promise<{ skewMs: number; roundTripMs: number }> {
    let best = { skewMs: Number.NaN, roundTripMs: Number.POSITIVE_INFINITY };
    for (let round = 0; round < 8; round += 1) {
      const askedAt = Date.now();
      const startedAt = performance.now();
      const { endedAt } = await this.#channel.ask('-', 'clock');
      const roundTripMs = performance.now() - startedAt;
      if (roundTripMs < best.roundTripMs) {
        best = { skewMs: endedAt - askedAt - roundTripMs / 2, roundTripMs };
      }
    }
    return best;
  }

  /** Ends the kernel at once with everything in it, and removes the directory if it was a temporary one. */
  async close(): Promise<void> {
    this.#kill();
    await this.#ended;
    running.delete(this);
    this.discard();
  }

  /** What is left to do when the process ends without close(). */
  discard(): void {
    this.#kill();
    if (this.#isTemporary) rmSync(this.directory, { recursive: true, force: true });
  }

  #kill(): void {
    try {
      if (this.#kernel.pid !== undefined) process.kill(-this.#kernel.pid, 'SIGKILL');
    } catch {
      // it has ended by itself
    }
  }

  #send(
    host: string,
    command: Command,
    options: CommandOptions,
  ): { ticket: Ticket; files: string } {
    const id = this.#channel.nextId();
    const files = join(this.directory, 'commands', id);
    writeFileSync(`${files}.sh`, scriptOf(command, options));
    if (options.input !== undefined) writeFileSync(`${files}.in`, options.input);
    return { ticket: this.#channel.send(host, id, 'run'), files };
  }

  async #within<T>(timeoutMs: number, what: string, promise: Promise<T>): Promise<T> {
    const timer = new AbortController();
    const late = pause(timeoutMs, undefined, { signal: timer.signal }).then(() => {
      throw new Error(`not within ${timeoutMs} ms: ${what}; ${this.#tail()}`);
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      timer.abort();
      late.catch(() => {});
    }
  }

  #fail(reason: string): void {
    this.#channel.fail(new Error(`the guest has ended: ${reason}; ${this.#tail()}`));
  }

  #log(text: string): void {
    const plain = stripVTControlCharacters(text);
    this.#console = (this.#console + plain).slice(-2000);
    appendFileSync(join(this.directory, 'console.log'), plain);
  }

  #tail(): string {
    return `its console ends:\n${this.#console}`;
  }
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
