import type { ViciConfig } from '../../config/config.ts';
import { parseViciEvent, viciEvents } from '../../parsers/vici/events.ts';
import type { ViciSection } from '../../parsers/vici/message.ts';
import { textOf } from '../../parsers/vici/section.ts';
import { isAtLeast } from '../../parsers/vici/version.ts';
import type { Timer } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { backOffMs } from '../back-off.ts';
import type { OnEvents, Source, SourceStatus } from '../source.ts';
import { openVici } from './open-vici.ts';
import type { ViciClient, ViciClientDependencies } from './vici-client.ts';

export interface ViciEventsDependencies extends Pick<ViciClientDependencies, 'connect' | 'clock'> {
  readonly logger: Logger;
  readonly onEvents: OnEvents;
  /** Asks for a list of all SAs: it completes what an event tells, and repairs what none told. */
  readonly onDoubt: () => void;
}

const longestPauseMs = 30_000;

/** charon's own word for what happens, at the moment it happens. Connects again by itself. */
export class ViciEvents implements Source {
  readonly #config: Pick<ViciConfig, 'sockets' | 'timeoutMs'>;
  readonly #dependencies: ViciEventsDependencies;
  #client: ViciClient | undefined;
  #restart: Timer | undefined;
  #stopped = false;
  #up = false;
  #failuresInARow = 0;
  #runs = 0;
  #failures = 0;
  #lastSuccessAt: number | undefined;
  #problem: string | undefined;

  constructor(
    config: Pick<ViciConfig, 'sockets' | 'timeoutMs'>,
    dependencies: ViciEventsDependencies,
  ) {
    this.#config = config;
    this.#dependencies = dependencies;
  }

  get status(): SourceStatus {
    return {
      name: 'vici-monitor',
      required: false,
      // Where there is no VICI there is nothing to complain about: the poll says so.
      standby: !this.#up,
      serving: undefined,
      up: this.#up,
      lastSuccessAt: this.#lastSuccessAt,
      durationMs: undefined,
      runs: this.#runs,
      failures: this.#failures,
      skipped: 0,
      problem: this.#problem,
    };
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#restart?.cancel();
    this.#client?.close();
  }

  async #run(): Promise<void> {
    const { connect, clock } = this.#dependencies;
    this.#runs += 1;
    const opened = await openVici(this.#config.sockets, {
      connect,
      clock,
      onEvent: (name, message) => this.#take(name, message),
      onEnd: (detail) => this.#lose(detail),
    });
    if (!opened.ok) return this.#retry(opened.detail);
    this.#client = opened.client;
    if (this.#stopped) return opened.client.close();
    const registered = await this.#register(opened.client);
    if (!registered) return;
    this.#up = true;
    this.#failuresInARow = 0;
    this.#problem = undefined;
    this.#lastSuccessAt = clock.now();
    // What happened before this moment no event has told.
    this.#dependencies.onDoubt();
  }

  /** For each event that this charon has: one that it does not know it logs as an error of ours. */
  async #register(client: ViciClient): Promise<boolean> {
    const { logger } = this.#dependencies;
    const { timeoutMs } = this.#config;
    const version = await client.request('version', {}, timeoutMs);
    const release = version.ok ? (textOf(version.message, 'version') ?? '') : '';
    for (const { event, since } of viciEvents) {
      if (!isAtLeast(release, since)) continue;
      const answer = await client.register(event, timeoutMs);
      if (!answer.ok && client.isOpen) logger.debug({ source: 'vici', release }, answer.detail);
    }
    if (!client.isOpen) return false;
    logger.info({ source: 'vici', release }, `charon ${release} tells of its SAs over VICI`);
    return true;
  }

  #take(name: string, message: ViciSection): void {
    const { clock, onEvents, onDoubt } = this.#dependencies;
    const at = clock.now();
    this.#lastSuccessAt = at;
    const events = parseViciEvent(name, message, at);
    if (events.length > 0) onEvents(events);
    onDoubt();
  }

  #lose(detail: string): void {
    // A connection that never stood is for `#run` to try again.
    if (this.#client === undefined) return;
    this.#client = undefined;
    this.#up = false;
    this.#dependencies.onDoubt();
    this.#retry(detail);
  }

  #retry(detail: string): void {
    const { clock, logger } = this.#dependencies;
    if (this.#stopped) return;
    this.#failures += 1;
    this.#failuresInARow += 1;
    if (detail !== this.#problem) logger.info({ source: 'vici' }, `no events over VICI: ${detail}`);
    this.#problem = detail;
    const pauseMs = backOffMs(500, this.#failuresInARow, longestPauseMs);
    this.#restart = clock.after(pauseMs, () => this.start());
  }
}
