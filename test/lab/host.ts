import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { quoted } from './command.ts';
import type { Command, CommandOptions, Result, RunOptions } from './command.ts';
import { ipsecConf, ipsecSecrets, namesOf, type Connection, type Secret } from './connections.ts';
import type { Guest, GuestProcess } from './guest.ts';
import { atPace } from './pace.ts';
import { strongswanConf, type CharonSettings } from './strongswan-conf.ts';
import { defaultRoutes, type HostName } from './topology.ts';
import { until } from './until.ts';

export interface HostOptions {
  readonly connections?: readonly Connection[];
  /** By default one preshared key for everybody. */
  readonly secrets?: readonly Secret[];
  /** The section charon of strongswan.conf(5), over the lab's own. */
  readonly charon?: CharonSettings;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface LogWait {
  readonly within?: number;
  readonly file?: string;
  /** How many matching lines there must be; the last of them is returned. */
  readonly times?: number;
  /** Only what was written after the log had this many characters: `(await host.readLog()).length`. */
  readonly after?: number;
}

/** What `collect` stores, each in a file of that name, beside the folder log. */
const outputs = {
  'statusall.txt': 'ipsec statusall',
  'xfrm-state.txt': 'ip -s xfrm state list nokeys',
  'xfrm-policy.txt': 'ip -s xfrm policy',
  'xfrm-stat.txt': 'cat /proc/net/xfrm_stat',
  'addr.json': 'ip -j -s -d addr',
  'list-sas.txt': 'swanctl --list-sas --raw',
  'list-conns.txt': 'swanctl --list-conns --raw',
};

/** One strongSwan host: network, mounts (so /etc, /log, /run and /var), processes and host name of its own. */
export class Host {
  readonly name: HostName;
  /** What `curl` puts before a path: where the daemon listens by default. */
  baseUrl = 'http://127.0.0.1:9814';
  readonly #guest: Guest;
  #connections: readonly Connection[] = [];
  #transfers = 0;

  static async start(guest: Guest, name: HostName, options: HostOptions): Promise<Host> {
    await guest.startHost(name);
    const host = new Host(guest, name);
    await host.configure(options);
    return host;
  }

  private constructor(guest: Guest, name: HostName) {
    this.#guest = guest;
    this.name = name;
  }

  /** To its end; fails when the command does, unless that is allowed. */
  async run(command: Command, options?: RunOptions): Promise<Result> {
    return this.#guest.run(this.name, command, options);
  }

  /** In the background. */
  async spawn(command: Command, options?: CommandOptions): Promise<GuestProcess> {
    return this.#guest.spawn(this.name, command, options);
  }

  async ipsec(...words: readonly string[]): Promise<Result> {
    return this.run(['ipsec', ...words]);
  }

  /** An HTTP request from inside the host; further words are curl's. */
  async curl(url: string, ...words: readonly string[]): Promise<HttpAnswer> {
    const address = url.startsWith('/') ? this.baseUrl + url : url;
    const curl = ['curl', '--silent', '--show-error', '--include', '--max-time', `${atPace(20)}`];
    const { stdout } = await this.run([...curl, ...words, address]);
    const end = stdout.indexOf('\r\n\r\n');
    const [first = '', ...lines] = stdout.slice(0, end).split('\r\n');
    const headers = lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    return {
      status: Number(first.split(' ')[1]),
      headers: new Headers(headers),
      body: stdout.slice(end + 4),
    };
  }

  async read(path: string): Promise<string> {
    return (await this.run(['cat', path])).stdout;
  }

  /** Writes files, and the folders they are in; a file that is there gives way to a new one. */
  async write(files: Readonly<Record<string, string>>): Promise<void> {
    await this.#transfer(async (folder) => {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      await this.run(['cp', '--recursive', '--remove-destination', `${folder}/.`, '/']);
    });
  }

  /** With one write, as a logger would. */
  async append(path: string, text: string): Promise<void> {
    await this.run(`exec cat >> ${quoted(path)}`, { input: text });
  }

  /** Writes strongSwan's configuration; a charon that runs reads it when it is told to (`ipsec reload`). */
  async configure(options: HostOptions): Promise<void> {
    const { connections = [], secrets = [{ psk: 'lab' }], charon = {} } = options;
    this.#connections = connections;
    await this.write({
      '/etc/ipsec.conf': ipsecConf(connections),
      '/etc/ipsec.secrets': ipsecSecrets(secrets),
      '/etc/strongswan.conf': strongswanConf(charon),
    });
  }

  /** Starts charon and resolves when it has loaded its connections. */
  async startCharon(): Promise<void> {
    const after = await this.readLog().then(
      (text) => text.length,
      () => 0,
    );
    await this.ipsec('start');
    const names = this.#connections
      .filter(({ settings }) => settings?.['auto'] !== 'ignore')
      .flatMap(namesOf);
    const [loaded, times] =
      names.length === 0
        ? [/spawning \d+ worker threads/, 1]
        : [/added (?:configuration|child to existing)/, names.length];
    await this.waitForLog(loaded, { after, times, within: 20_000 });
  }

  /** Stops charon; its SAs are deleted and the peer is told. */
  async stopCharon(): Promise<void> {
    await this.ipsec('stop');
  }

  /** A signal for charon itself: SIGKILL for a crash, SIGSTOP for a hang. The starter restarts it after 5 seconds. */
  async signalCharon(signal: NodeJS.Signals): Promise<void> {
    await this.run(`kill -s ${signal} "$(< /run/charon.pid)"`);
  }

  async readLog(file = 'charon.log'): Promise<string> {
    return this.read(`/log/${file}`);
  }

  /** The first line of a log that the pattern matches, once it is there. */
  async waitForLog(pattern: RegExp, options: LogWait = {}): Promise<string> {
    const { within = 10_000, file = 'charon.log', after = 0, times = 1 } = options;
    let text = '';
    return until(
      async () => {
        text = (await this.readLog(file)).slice(after);
        return text.split('\n').filter((line) => pattern.test(line))[times - 1];
      },
      {
        within,
        what: `${pattern} in ${this.name}'s ${file}`,
        detail: () => `the log ends:\n${text.split('\n').slice(-20).join('\n')}`,
      },
    );
  }

  /** Takes a WAN interface down; the other end of the cable loses its carrier. */
  async linkDown(wan: number): Promise<void> {
    await this.run(['ip', 'link', 'set', `wan${wan}`, 'down']);
  }

  /** Takes it up again, with the default routes that the kernel has dropped with it. */
  async linkUp(wan: number): Promise<void> {
    const input = [`link set wan${wan} up`, ...defaultRoutes(this.name, wan), ''].join('\n');
    await this.run(['ip', '-batch', '-'], { input });
  }

  /** Copies the logs and what the commands say (charon's, the kernel's) into a folder of the machine. */
  async collect(directory: string): Promise<void> {
    await this.#transfer(async (folder) => {
      const commands = Object.entries(outputs).map(
        ([file, command]) =>
          `timeout ${atPace(5)} ${command} > ${file} 2> ${file}.err || echo "exit $?" >> ${file}.err`,
      );
      const script = [...commands, 'cp -r /log .', 'find . -name "*.err" -empty -delete'];
      await this.run(script.join('\n'), { cwd: folder, timeoutMs: 60_000 });
      cpSync(folder, directory, { recursive: true });
    });
  }

  /** A folder that both the machine and the host see; a new one each time, as hostfs keeps what it has read. */
  async #transfer(use: (folder: string) => Promise<void>): Promise<void> {
    this.#transfers += 1;
    const folder = join(this.#guest.directory, 'transfers', `${this.name}-${this.#transfers}`);
    mkdirSync(folder, { recursive: true });
    try {
      await use(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
