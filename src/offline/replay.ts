import type { Config } from '../config/config.ts';
import type { Finding } from '../diagnosis/finding.ts';
import { findingsOf } from '../diagnosis/findings.ts';
import { Journals } from '../diagnosis/journals.ts';
import { Engine } from '../engine/engine.ts';
import type { EngineConfig } from '../engine/engine.ts';
import { withImported } from '../engine/imported.ts';
import type { Change } from '../events/change.ts';
import type { InventoryFile } from '../events/inventory.ts';
import type { LoadedConnection } from '../events/security-associations.ts';
import type { TunnelEvent } from '../events/tunnel-event.ts';
import { Discovery } from './discovery.ts';

export type Transition = Change & { readonly kind: 'tunnel' };
export type Switch = Change & { readonly kind: 'group' };
/** What happened to the host itself. */
export type HostChange = Change & { readonly kind: 'interface' | 'gateway' | 'daemon' };

/** The last of something, and how many came before. */
export interface Recent<T> {
  readonly items: readonly T[];
  readonly dropped: number;
}

/** So many changes of one tunnel, of one group and of the host are kept, the last ones. */
const mostChanges = 1_000;

class Log<T> {
  #items: T[] = [];
  #dropped = 0;

  add(item: T): void {
    this.#items.push(item);
    if (this.#items.length < 2 * mostChanges) return;
    this.#dropped += mostChanges;
    this.#items = this.#items.slice(mostChanges);
  }

  get recent(): Recent<T> {
    const surplus = Math.max(0, this.#items.length - mostChanges);
    return { items: this.#items.slice(surplus), dropped: this.#dropped + surplus };
  }
}

/** Takes what was logged and seen through the engine, in its own time. */
export class Replay {
  readonly #config: Config;
  readonly #inventory: readonly InventoryFile[];
  readonly #engine: Engine;
  readonly #journals = new Journals([]);
  readonly #discovery: Discovery | undefined;
  readonly #transitions = new Map<string, Log<Transition>>();
  readonly #switches = new Map<string, Log<Switch>>();
  readonly #host = new Log<HostChange>();
  #end: number;

  /** `connections`: what charon had loaded, where a listing tells. */
  constructor(
    config: Config,
    inventory: readonly InventoryFile[],
    connections: readonly LoadedConnection[],
    startsAt: number,
  ) {
    this.#config = config;
    this.#inventory = inventory;
    this.#end = startsAt;
    if (this.#engineConfig().tunnels.length === 0) {
      this.#discovery = new Discovery();
      this.#discovery.load(connections);
    }
    const nothing = { tunnels: [], groups: [], host: undefined, loaded: undefined };
    this.#engine = new Engine(this.#engineConfig(), nothing, startsAt);
    this.#configure(startsAt);
    this.#observe({ kind: 'connections', at: startsAt, connections });
  }

  get engine(): Engine {
    return this.#engine;
  }

  get journals(): Journals {
    return this.#journals;
  }

  /** What is wrong with the inventory, as far as it was told. */
  get findings(): readonly Finding[] {
    return findingsOf(this.#engine, this.#inventory);
  }

  /** The latest moment that is known of, milliseconds since the epoch. */
  get end(): number {
    return this.#end;
  }

  get host(): Recent<HostChange> {
    return this.#host.recent;
  }

  transitionsOf(tunnel: string): Recent<Transition> {
    return this.#transitions.get(tunnel)?.recent ?? { items: [], dropped: 0 };
  }

  switchesOf(group: string): Recent<Switch> {
    return this.#switches.get(group)?.recent ?? { items: [], dropped: 0 };
  }

  /** What a tunnel of the engine is called. */
  nameOf(tunnel: string): string {
    return this.#discovery?.nameOf(tunnel) ?? tunnel;
  }

  apply(events: readonly TunnelEvent[]): void {
    this.#discover(events);
    for (const event of events) {
      if (event.at > this.#end) this.#end = event.at;
      this.#wakeUntil(event.at);
      this.#observe(event);
    }
  }

  /** Nothing more comes: holds that were still running have run out since. */
  finish(): void {
    this.#wakeUntil(Number.POSITIVE_INFINITY);
  }

  /** All new names of a piece at once: to configure the engine costs time for every tunnel. */
  #discover(events: readonly TunnelEvent[]): void {
    const discovery = this.#discovery;
    if (discovery === undefined) return;
    const news = events.filter((event) => 'code' in event && discovery.see(event));
    if (news[0] !== undefined) this.#configure(news[0].at);
  }

  #observe(event: TunnelEvent): void {
    // Notes change no machine.
    const changes = event.kind === 'note' ? [] : this.#engine.apply(event);
    this.#journals.observe(event, changes, this.#engine);
    this.#keep(changes);
  }

  #wakeUntil(at: number): void {
    let last = Number.NEGATIVE_INFINITY;
    for (;;) {
      const { wakeAt } = this.#engine;
      if (wakeAt === undefined || wakeAt > at || wakeAt <= last) return;
      last = wakeAt;
      this.#observe({ kind: 'tick', at: wakeAt });
    }
  }

  #configure(at: number): void {
    const changes = this.#engine.configure(this.#engineConfig(), at);
    this.#journals.take(changes, this.#engine);
    this.#keep(changes);
  }

  #engineConfig(): EngineConfig {
    const config = { ...this.#config, saSources: [], ha: { addresses: [] } };
    if (this.#discovery !== undefined) return { ...config, tunnels: this.#discovery.tunnels };
    return withImported(config, this.#inventory);
  }

  #keep(changes: readonly Change[]): void {
    for (const change of changes) {
      switch (change.kind) {
        case 'tunnel':
          logOf(this.#transitions, change.tunnel).add(change);
          break;
        case 'group':
          logOf(this.#switches, change.group).add(change);
          break;
        case 'interface':
        case 'gateway':
        case 'daemon':
          this.#host.add(change);
          break;
        case 'ha':
        case 'event':
          break;
        default:
          change satisfies never;
      }
    }
  }
}

function logOf<T>(logs: Map<string, Log<T>>, name: string): Log<T> {
  const known = logs.get(name);
  if (known !== undefined) return known;
  const log = new Log<T>();
  logs.set(name, log);
  return log;
}
