import type { FastifyInstance } from 'fastify';
import type { Config, HttpConfig } from './config/config.ts';
import { createFindings } from './diagnosis/findings.ts';
import type { Finding } from './diagnosis/finding.ts';
import { Journals } from './diagnosis/journals.ts';
import { platformOf } from './diagnosis/platform.ts';
import { Engine } from './engine/engine.ts';
import type { EngineConfig } from './engine/engine.ts';
import { withImported } from './engine/imported.ts';
import { takeSnapshot } from './engine/snapshot.ts';
import { Access } from './outputs/access.ts';
import { Certificate } from './outputs/certificate.ts';
import { createHttp } from './outputs/http.ts';
import type { PageFiles } from './outputs/page.ts';
import type { View } from './outputs/view.ts';
import { Pipeline } from './pipeline.ts';
import { inventorySources } from './sources/inventory-load.ts';
import { InventoryWatch } from './sources/inventory-watch.ts';
import { createSources } from './source-set.ts';
import type { Outside, SourceSet } from './source-set.ts';
import { Store } from './store/store.ts';

export interface AppDependencies extends Outside {
  readonly version: string;
  readonly page: PageFiles;
  /** The addresses of this host's interfaces, without prefix lengths. */
  readonly ownAddresses: () => ReadonlySet<string>;
  /** Moves a database that cannot be used out of the way; returns its new name. */
  readonly setAside: (path: string) => string;
}

/** The running daemon: every part built and joined here, closed in reverse order. */
export class App {
  readonly #dependencies: AppDependencies;
  readonly #store: Store;
  readonly #engine: Engine;
  readonly #journals: Journals;
  readonly #pipeline: Pipeline;
  readonly #access: Access;
  readonly #certificate: Certificate | undefined;
  readonly #http: FastifyInstance;
  #sources: SourceSet;
  #config: Config;
  #loadedAt: number;
  readonly #inventory: InventoryWatch;
  #configGood = true;

  /**
   * @throws ConfigError when tokens or the certificate cannot be used.
   * @throws StoreError when the state directory cannot be used at all.
   */
  constructor(config: Config, dependencies: AppDependencies) {
    const { clock, logger } = dependencies;
    this.#dependencies = dependencies;
    this.#config = config;
    this.#loadedAt = clock.now();
    this.#access = new Access(config.http, dependencies);
    const { tls } = config.http;
    this.#certificate = tls && new Certificate(tls, dependencies);
    this.#store = new Store(`${config.store.directory}/tunnelwarden.db`, config.store, {
      setAside: dependencies.setAside,
      warn: (message) => logger.warn({}, message),
    });
    this.#engine = new Engine(engineConfig(config), this.#store.state(), clock.now());
    this.#journals = new Journals(this.#store.journals());
    this.#pipeline = new Pipeline({
      engine: this.#engine,
      journals: this.#journals,
      store: this.#store,
      clock,
      logger,
    });
    this.#sources = this.#createSources();
    this.#inventory = this.#createInventory();
    this.#http = createHttp({
      ...dependencies,
      view: this.#view(),
      access: this.#access,
      certificate: this.#certificate,
    });
  }

  /** Starts everything; resolves to the address that is served. */
  async start(): Promise<string> {
    const { host, port } = this.#config.http;
    const listening = await this.#http.listen({ host, port });
    // Before what nobody names any more is forgotten.
    await this.#inventory.look();
    this.#configure();
    this.#pipeline.start();
    this.#sources.start();
    this.#inventory.start();
    // Fastify does not know of the server's TLS.
    return this.#certificate === undefined ? listening : listening.replace(/^http:/, 'https:');
  }

  /**
   * Goes on with another configuration; what it says of the address, TLS and the store waits.
   * @throws ConfigError when its tokens cannot be used: nothing has changed then.
   */
  reload(config: Config): void {
    const { clock, logger } = this.#dependencies;
    const { http, store } = this.#config;
    const [before, after] = [this.#config, config].map((one) =>
      JSON.stringify([lasting(one.http), one.store]),
    );
    if (before !== after) {
      logger.warn({}, 'changes of http.listen, http.tls and store take effect at the next start');
    }
    const access = { ...config.http, ...lasting(http) };
    this.#access.load(access);
    this.#certificate?.reload();
    this.#sources.stop();
    this.#pipeline.commit();
    this.#config = { ...config, http: access, store };
    this.#inventory.follow(inventorySources(config.inventory));
    this.#configure();
    this.#sources = this.#createSources();
    this.#sources.start();
    this.#loadedAt = clock.now();
    this.#configGood = true;
  }

  /** A reload failed: the old configuration stays in force, and a metric says so. */
  keepConfig(): void {
    this.#configGood = false;
  }

  async close(): Promise<void> {
    this.#inventory.stop();
    this.#sources.stop();
    this.#pipeline.close();
    await this.#http.close();
    this.#store.close();
  }

  #configure(): void {
    this.#pipeline.configure(withImported(engineConfig(this.#config), this.#inventory.files));
  }

  #createInventory(): InventoryWatch {
    return new InventoryWatch(inventorySources(this.#config.inventory), {
      ...this.#dependencies,
      // Those of this host are not those of another one.
      ownAddresses: () =>
        this.#config.sources.remote === undefined
          ? this.#dependencies.ownAddresses()
          : new Set<string>(),
      onChange: () => this.#configure(),
    });
  }

  #createSources(): SourceSet {
    return createSources(
      this.#config,
      this.#store.positions(),
      this.#dependencies,
      (events, position) => this.#pipeline.ingest(events, position),
    );
  }

  #view(): View {
    const { clock } = this.#dependencies;
    const findings = createFindings(this.#engine);
    const current = (): readonly Finding[] => findings(this.#inventory.files);
    return {
      snapshot: () => takeSnapshot(this.#engine, clock.now()),
      diagnoses: (tunnel) => this.#journals.ofTunnel(tunnel, this.#engine, current(), clock.now()),
      findings: current,
      platform: () => platformOf(this.#config),
      language: () => this.#config.language,
      sources: () => this.#sources.status(),
      logs: () => this.#sources.logs(),
      store: () => ({ ...this.#pipeline.status, sizeBytes: this.#store.usedBytes }),
      config: () => ({ good: this.#configGood, loadedAt: this.#loadedAt }),
      history: this.#store.history,
      subscribe: (listener) => this.#pipeline.subscribe(listener),
    };
  }
}

/** What of `http` is fixed while the server runs. */
function lasting({ host, port, isLoopback, tls }: HttpConfig) {
  return { host, port, isLoopback, tls };
}

export function engineConfig(config: Config): EngineConfig {
  const { tunnels, groups, gateways, interfaces, discover, holds, ha, sources } = config;
  // Alone, and where it need not be there, its absence leaves the logs to be believed.
  const countsVici = sources.vici?.required === true || sources.statusall !== undefined;
  const saSources = [
    ...(sources.vici && countsVici ? ['vici' as const] : []),
    ...(sources.statusall ? ['statusall' as const] : []),
    ...(sources.xfrmState ? ['xfrm-state' as const] : []),
  ];
  return { tunnels, groups, gateways, interfaces, discover, holds, ha, saSources };
}
