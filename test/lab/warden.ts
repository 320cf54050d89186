import { join } from 'node:path';
import type { Confidence } from '../../src/diagnosis/diagnosis.ts';
import type { Host } from './host.ts';
import type { GuestProcess } from './guest.ts';
import { guestNode } from './machine.ts';
import { configAtPace } from './pace.ts';
import { until } from './until.ts';

const checkout = join(import.meta.dirname, '../..');
const configFile = '/etc/tunnelwarden/tunnelwarden.yaml';

/** What takes minutes on an appliance takes seconds here. */
export const labSources = {
  lost_after: '8s',
  vici: { enabled: false },
  statusall: { schedule: '*/2 * * * * *', timeout: '3s' },
  xfrm_state: { schedule: '1-59/2 * * * * *', timeout: '3s' },
  xfrm_policy: { schedule: '3-59/5 * * * * *', timeout: '3s' },
  interfaces: { schedule: '*/5 * * * * *', timeout: '3s' },
};

/** A tunnel as the API shows it, as far as the lab looks. */
export interface ApiTunnel {
  readonly name: string;
  readonly state: string;
  readonly since: string;
  readonly cause: string;
  readonly interface: string | null;
  readonly traffic: Readonly<Record<'bytesIn' | 'bytesOut' | 'packetsIn' | 'packetsOut', number>>;
  readonly counters: Readonly<Record<string, number>>;
  readonly childSas: readonly { readonly spiIn: string; readonly spiOut: string }[];
}

export interface ApiEvent {
  readonly id: number;
  readonly time: string;
  readonly kind: string;
  readonly subject: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly cause: string | null;
  readonly code: string | null;
  readonly evidence: { readonly source: string; readonly line: number | null } | null;
}

export interface ApiDiagnosis {
  readonly code: string;
  readonly confidence: Confidence;
  readonly until: string | null;
}

/** tunnelwarden itself, running beside charon in a host of the lab. */
export class Warden {
  readonly #host: Host;
  readonly #readyWithin: number;
  #process: GuestProcess | undefined;

  /** Writes the configuration (YAML takes JSON) and starts the daemon; resolves when it is ready. */
  static async start(
    host: Host,
    config: object,
    { within = 60_000 }: { readonly within?: number } = {},
  ): Promise<Warden> {
    const warden = new Warden(host, within);
    await host.write({ [configFile]: configAtPace({ sources: labSources, ...config }) });
    await warden.restart();
    return warden;
  }

  private constructor(host: Host, readyWithin: number) {
    this.#host = host;
    this.#readyWithin = readyWithin;
  }

  /** Starts the daemon (again) on the state that is there. */
  async restart(): Promise<void> {
    this.#process = await this.#host.spawn([guestNode, 'src/main.ts', 'run'], {
      cwd: checkout,
      env: { NODE_COMPILE_CACHE: '/var/cache/tunnelwarden' },
    });
    const { stderr, stdout } = this.#process;
    await until(async () => (await this.#host.curl('/readyz')).status === 200, {
      within: this.#readyWithin,
      what: 'the daemon is ready',
      detail: () => stderr() + stdout(),
    });
  }

  /** What the daemon wrote about itself. */
  get log(): string {
    return (this.#process?.stdout() ?? '') + (this.#process?.stderr() ?? '');
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    await this.#process?.kill(signal);
    return (await this.#process?.exited)?.code ?? null;
  }

  async json<T>(path: string): Promise<T> {
    const { status, body } = await this.#host.curl(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${body}`);
    const value: T = JSON.parse(body);
    return value;
  }

  async tunnel(name: string): Promise<ApiTunnel> {
    return this.json(`/api/v1/tunnels/${name}`);
  }

  /** What is wrong with a tunnel, best candidate first, and what was. */
  async diagnoses(name: string): Promise<readonly ApiDiagnosis[]> {
    return (await this.json<{ diagnoses: ApiDiagnosis[] }>(`/api/v1/tunnels/${name}/diagnosis`))
      .diagnoses;
  }

  /** Every event there is, oldest first. */
  async events(): Promise<readonly ApiEvent[]> {
    const events: ApiEvent[] = [];
    for (let cursor = ''; ;) {
      const page = await this.json<{ items: ApiEvent[]; next: string | null }>(
        `/api/v1/events?limit=1000${cursor}`,
      );
      events.push(...page.items);
      if (page.next === null) return events.toReversed();
      cursor = `&cursor=${page.next}`;
    }
  }

  /** The changes of state of a tunnel or group, `from > to (cause)`, oldest first. */
  async moves(subject: string): Promise<readonly string[]> {
    return (await this.events())
      .filter((event) => event.subject === subject && event.kind !== 'event')
      .map(({ from, to, cause }) => `${from} > ${to} (${cause ?? ''})`);
  }

  async health(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const { status, body } = await this.#host.curl(`/health/${path}`);
    return { status, text: body.trim() };
  }

  /** The exposition: series as it stands there → value. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const { body } = await this.#host.curl('/metrics');
    return new Map(
      body
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => {
          const end = line.lastIndexOf(' ');
          return [line.slice(0, end), Number(line.slice(end + 1))];
        }),
    );
  }

  /** Lines of all logs so far, and those that no pattern knows. */
  async lines(): Promise<{ readonly all: number; readonly unknown: number }> {
    const counts = [...(await this.metrics())].filter(([series]) =>
      series.startsWith('tunnelwarden_log_lines_total{'),
    );
    const sum = (of: typeof counts): number => of.reduce((total, [, count]) => total + count, 0);
    const unknown = sum(counts.filter(([series]) => series.includes('result="unknown"')));
    return { all: sum(counts), unknown };
  }

  async untilState(tunnel: string, state: string, within = 20_000): Promise<ApiTunnel> {
    return until(
      async () => {
        const seen = await this.tunnel(tunnel);
        return seen.state === state && seen;
      },
      {
        within,
        what: `${tunnel} is ${state}`,
        detail: async () => JSON.stringify(await this.tunnel(tunnel)) + this.log.slice(-3000),
      },
    );
  }

  async untilGroup(group: string, state: string, within = 20_000): Promise<void> {
    await until(
      async () => (await this.json<{ state: string }>(`/api/v1/groups/${group}`)).state === state,
      {
        within,
        what: `${group} is ${state}`,
        detail: async () =>
          JSON.stringify(await this.json(`/api/v1/groups/${group}`)) + this.log.slice(-3000),
      },
    );
  }
}

/** The kernel's own counters of all SAs that a tunnel has now, by direction. */
export async function kernelBytes(
  host: Host,
  spis: readonly { readonly spiIn: string; readonly spiOut: string }[],
): Promise<{ readonly bytesIn: number; readonly bytesOut: number }> {
  const { stdout } = await host.run('ip -s xfrm state list nokeys');
  const counters = new Map(
    [...stdout.matchAll(/spi 0x([0-9a-f]{8})[^]*?lifetime current:\s+(\d+)\(bytes\)/g)].map(
      ([, spi = '', bytes]) => [spi, Number(bytes)],
    ),
  );
  const sum = (keys: readonly string[]): number =>
    keys.reduce((total, key) => total + (counters.get(key) ?? Number.NaN), 0);
  return {
    bytesIn: sum(spis.map(({ spiIn }) => spiIn)),
    bytesOut: sum(spis.map(({ spiOut }) => spiOut)),
  };
}
