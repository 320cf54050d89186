import type { TunnelEvent } from '../events/tunnel-event.ts';
import type { Clock, Timer } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Scheduled, Scheduler } from './scheduler.ts';
import { backOffMs } from './back-off.ts';
import type { OnEvents, Source, SourceStatus } from './source.ts';

/** What one look gave: what was seen, or why nothing could be seen. */
export type Look =
  | { readonly ok: true; readonly events: readonly TunnelEvent[] }
  | { readonly ok: false; readonly detail: string };

export interface PollerOptions {
  readonly name: string;
  readonly schedule: string;
  readonly required: boolean;
  readonly lostAfterMs: number;
}

export interface PollerDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly onEvents: OnEvents;
  /** Called after each look with whether it saw something. */
  readonly onLook?: (ok: boolean) => void;
}

const longestBackOffMs = 30_000;

/** What goes on changing is looked at once a second. */
const pokedEveryMs = 1000;

/**
 * Looks by a schedule: never twice at once, with a back-off that doubles while it fails, and
 * with an alarm that goes off when nobody has answered for too long. "Could not look" is said
 * as `source-lost`, which makes things unknown, never down.
 */
export class Poller implements Source {
  readonly #options: PollerOptions;
  readonly #look: (at: number) => Promise<Look>;
  readonly #dependencies: PollerDependencies;
  #scheduled: Scheduled | undefined;
  #alarm: Timer | undefined;
  #poked: Timer | undefined;
  #beganAt = Number.NEGATIVE_INFINITY;
  #running = false;
  #resting = false;
  #again = false;
  #stopped = false;
  #failuresInARow = 0;
  /** No answer for too long, but no look has failed since: the schedule is that slow. */
  #overdue = false;
  #retryAt = 0;
  #up = false;
  #lastSuccessAt: number | undefined;
  #durationMs: number | undefined;
  #runs = 0;
  #failures = 0;
  #skipped = 0;
  #problem: string | undefined;

  /** `look` gets the moment at which it begins; it must settle by itself within a deadline. */
  constructor(
    options: PollerOptions,
    look: (at: number) => Promise<Look>,
    dependencies: PollerDependencies,
  ) {
    this.#options = options;
    this.#look = look;
    this.#dependencies = dependencies;
  }

  /** It has answered when it was last asked. */
  get answers(): boolean {
    return this.#up && this.#problem === undefined;
  }

  get status(): SourceStatus {
    return {
      name: this.#options.name,
      required: this.#options.required,
      standby: this.#resting,
      serving: undefined,
      up: this.#up,
      lastSuccessAt: this.#lastSuccessAt,
      durationMs: this.#durationMs,
      runs: this.#runs,
      failures: this.#failures,
      skipped: this.#skipped,
      problem: this.#problem,
    };
  }

  start(): void {
    const { scheduler } = this.#dependencies;
    this.#scheduled = scheduler.schedule(this.#options.schedule, () => this.#due());
    if (this.#resting) return;
    this.#armAlarm();
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#scheduled?.stop();
    this.#alarm?.cancel();
    this.#poked?.cancel();
  }

  /** Somebody better is asked instead: no looks until `resume`. */
  rest(): void {
    this.#resting = true;
    this.#again = false;
    this.#alarm?.cancel();
    this.#poked?.cancel();
    this.#poked = undefined;
  }

  /** Looks again, at once; its time without an answer begins only now. */
  resume(): void {
    if (!this.#resting || this.#stopped) return;
    this.#resting = false;
    this.#armAlarm();
    if (!this.#running) void this.#run();
  }

  /** Looks as soon as possible: something is known to have changed. */
  poke(): void {
    if (this.#stopped || this.#resting || this.#poked !== undefined) return;
    const { clock } = this.#dependencies;
    const pauseMs = this.#beganAt + pokedEveryMs - clock.monotonicMs();
    if (this.#running) this.#again = true;
    else if (pauseMs <= 0) void this.#run();
    else {
      this.#poked = clock.after(pauseMs, () => {
        this.#poked = undefined;
        this.poke();
      });
    }
  }

  #due(): void {
    if (this.#resting) return;
    if (this.#running || this.#dependencies.clock.monotonicMs() < this.#retryAt) this.#skipped += 1;
    else void this.#run();
  }

  async #run(): Promise<void> {
    const { clock, onEvents, onLook } = this.#dependencies;
    this.#running = true;
    this.#runs += 1;
    const at = clock.now();
    this.#beganAt = clock.monotonicMs();
    const look = await this.#look(at);
    this.#running = false;
    if (this.#stopped) return;
    this.#durationMs = clock.monotonicMs() - this.#beganAt;
    if (look.ok) {
      this.#succeed(at);
      onEvents(look.events);
    } else {
      this.#fail(look.detail);
    }
    onLook?.(look.ok);
    if (this.#again) {
      this.#again = false;
      this.poke();
    }
  }

  #succeed(at: number): void {
    const { logger, onEvents } = this.#dependencies;
    const { name } = this.#options;
    if (this.#problem !== undefined) logger.info({ source: name }, `${name} answers again`);
    this.#failuresInARow = 0;
    this.#retryAt = 0;
    this.#problem = undefined;
    this.#lastSuccessAt = at;
    if (!this.#resting) this.#armAlarm();
    if (this.#up) return;
    this.#up = true;
    onEvents([{ kind: 'source-answered', at, source: name }]);
  }

  #fail(detail: string): void {
    const { clock, logger } = this.#dependencies;
    const { name } = this.#options;
    if (this.#problem !== detail) logger.warn({ source: name }, `${name}: ${detail}`);
    this.#problem = detail;
    this.#failures += 1;
    this.#failuresInARow += 1;
    // The first failure costs nothing: the next scheduled look may well succeed.
    const waits = this.#failuresInARow > 1;
    const pauseMs = backOffMs(1000, this.#failuresInARow, longestBackOffMs);
    this.#retryAt = waits ? clock.monotonicMs() + pauseMs : 0;
    if (this.#overdue) this.#lose();
  }

  #armAlarm(): void {
    const { clock } = this.#dependencies;
    this.#overdue = false;
    this.#alarm?.cancel();
    this.#alarm = clock.after(this.#options.lostAfterMs, () => {
      this.#overdue = true;
      if (this.#failuresInARow > 0) this.#lose();
    });
  }

  #lose(): void {
    const { clock, logger, onEvents } = this.#dependencies;
    const { name, required } = this.#options;
    const detail = this.#problem ?? 'no answer';
    this.#overdue = false;
    this.#up = false;
    logger[required ? 'error' : 'warn']({ source: name }, `${name} is lost: ${detail}`);
    onEvents([{ kind: 'source-lost', at: clock.now(), source: name, detail }]);
  }
}
