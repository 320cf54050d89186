import type { Journal } from './diagnosis/journal.ts';
import type { Journals } from './diagnosis/journals.ts';
import type { SavedState } from './engine/engine-state.ts';
import type { Engine, EngineConfig } from './engine/engine.ts';
import type { Change } from './events/change.ts';
import type { LogPosition } from './events/log-position.ts';
import type { TunnelEvent } from './events/tunnel-event.ts';
import type { Clock, Timer } from './platform/clock.ts';
import type { Logger } from './platform/logger.ts';
import type { StoredChange } from './store/history.ts';
import type { Store } from './store/store.ts';
import { changeText } from './change-text.ts';

export interface PipelineDependencies {
  readonly engine: Engine;
  readonly journals: Journals;
  readonly store: Pick<Store, 'commit' | 'deleteSome'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is applied shows in the history after this long at the latest. */
const commitAfterMs = 50;

/** So many changes are committed at once, without waiting. */
const fullBatch = 2000;

/** What may wait for a store that does not take commits. */
const mostPending = 20_000;

const retryAfterMs = 1000;

const retentionEveryMs = 60_000;

/** What sets a clock right bit by bit never sets it back by more at once. */
const leastSetBackMs = 1000;

/** Between two chunks of a log that is being read there is less time than this. */
const historyPauseMs = 250;

/**
 * Events in, committed changes out: applies them to the engine, and commits positions, derived
 * state and changes together, so that a crash at any moment loses or doubles nothing.
 */
export class Pipeline {
  readonly #dependencies: PipelineDependencies;
  readonly #positions = new Map<string, LogPosition>();
  readonly #tunnels = new Map<string, SavedState['tunnels'][number]>();
  readonly #groups = new Map<string, SavedState['groups'][number]>();
  readonly #journals = new Map<string, Journal>();
  readonly #forgotten = { tunnels: new Set<string>(), groups: new Set<string>() };
  #host: SavedState['host'];
  #loaded: SavedState['loaded'];
  #changes: Change[] = [];
  #commitTimer: Timer | undefined;
  #wakeTimer: Timer | undefined;
  #retentionTimer: Timer | undefined;
  #deletionTimer: Timer | undefined;
  readonly #listeners = new Set<(changes: readonly StoredChange[]) => void>();
  #up = true;
  #commits = 0;
  #failures = 0;
  #dropped = 0;
  /** The clock's time at which the monotonic one was zero. */
  #epoch: number;

  constructor(dependencies: PipelineDependencies) {
    this.#dependencies = dependencies;
    this.#epoch = epochOf(dependencies.clock);
  }

  get status() {
    return {
      up: this.#up,
      commits: this.#commits,
      failures: this.#failures,
      pendingChanges: this.#changes.length,
      droppedChanges: this.#dropped,
    };
  }

  start(): void {
    this.#retentionTimer = this.#dependencies.clock.every(retentionEveryMs, () => this.#retain());
    this.#setAlarm();
  }

  /** Applies events in their order; `position` is where the log stands after them. */
  ingest(events: readonly TunnelEvent[], position?: LogPosition): void {
    this.#watchClock();
    const now = this.#dependencies.clock.now();
    for (const event of events) {
      const known = notAfter(event, now);
      this.#tickBefore(known.at);
      this.#apply(known);
    }
    if (position !== undefined) this.#positions.set(position.path, position);
    if (events.length > 0) this.#setAlarm();
    // The beginning of a log does not wait: after a crash in the first moments nothing else would
    // tell which of its files are still to be read.
    if (position?.offset === 0) this.commit();
    else this.#scheduleCommit();
  }

  #apply(event: TunnelEvent): void {
    const { engine, journals } = this.#dependencies;
    const changes = engine.apply(event);
    journals.observe(event, changes, engine);
    this.#take(changes);
  }

  /**
   * Holds that ran out before an event are over before it is applied, by the event's own time:
   * history is read faster than it happened, and what is live may come late.
   */
  #tickBefore(at: number): void {
    const { engine } = this.#dependencies;
    for (let due = engine.wakeAt; due !== undefined && due < at;) {
      this.#apply({ kind: 'tick', at: due });
      const next = engine.wakeAt;
      due = next === due ? undefined : next;
    }
  }

  configure(config: EngineConfig): void {
    const { engine, clock } = this.#dependencies;
    this.#reconfigured(engine.configure(config, clock.now()));
  }

  #reconfigured(changes: readonly Change[]): void {
    const { engine, journals } = this.#dependencies;
    journals.take(changes, engine);
    this.#take(changes);
    this.#setAlarm();
    this.#scheduleCommit();
  }

  /** What is known from before a clock was set back would count as newer than all that comes. */
  #watchClock(): void {
    const { engine, clock, logger } = this.#dependencies;
    const epoch = epochOf(clock);
    const setBackMs = this.#epoch - epoch;
    this.#epoch = epoch;
    if (setBackMs < leastSetBackMs) return;
    logger.warn({ setBackMs }, `the clock was set back by ${Math.round(setBackMs / 1000)} s`);
    this.#reconfigured(engine.rewind(clock.now()));
  }

  /** Calls back with what has just been committed, until the returned function is called. */
  subscribe(listener: (changes: readonly StoredChange[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Commits what is pending and stops. */
  close(): void {
    this.#wakeTimer?.cancel();
    this.#retentionTimer?.cancel();
    this.#deletionTimer?.cancel();
    this.commit();
    this.#commitTimer?.cancel();
  }

  #take(changes: readonly Change[]): void {
    const { logger } = this.#dependencies;
    for (const change of changes) {
      if (change.kind !== 'event') logger.info({ change }, changeText(change));
    }
    this.#changes.push(...changes);
    const excess = this.#changes.length - mostPending;
    if (excess <= 0) return;
    this.#changes.splice(0, excess);
    this.#dropped += excess;
  }

  #setAlarm(): void {
    const { engine, clock } = this.#dependencies;
    this.#wakeTimer?.cancel();
    const at = engine.wakeAt;
    if (at === undefined) return;
    // What is overdue while old logs are read is for their own times to decide, as long as more
    // events come out of them.
    const delayMs = at > clock.now() ? at - clock.now() : historyPauseMs;
    this.#wakeTimer = clock.after(delayMs, () => {
      this.ingest([{ kind: 'tick', at: Math.max(at, clock.now()) }]);
    });
  }

  #scheduleCommit(): void {
    if (this.#up && this.#changes.length >= fullBatch) this.commit();
    else
      this.#commitTimer ??= this.#dependencies.clock.after(
        this.#up ? commitAfterMs : retryAfterMs,
        () => this.commit(),
      );
  }

  /** Commits what is pending, now. */
  commit(): void {
    const { store, logger } = this.#dependencies;
    this.#commitTimer?.cancel();
    this.#commitTimer = undefined;
    this.#gatherDirty();
    const state = {
      tunnels: [...this.#tunnels.values()],
      groups: [...this.#groups.values()],
      host: this.#host,
      loaded: this.#loaded,
      forgotten: {
        tunnels: [...this.#forgotten.tunnels],
        groups: [...this.#forgotten.groups],
      },
    };
    const result = store.commit({
      positions: [...this.#positions.values()],
      state,
      journals: [...this.#journals.values()],
      changes: this.#changes,
    });
    if (!result.ok) {
      this.#failures += 1;
      if (this.#up)
        logger.error(
          { detail: result.detail },
          `the store does not take commits: ${result.detail}; going on in memory`,
        );
      this.#up = false;
      this.#scheduleCommit();
      return;
    }
    if (!this.#up) logger.info({}, 'the store takes commits again');
    this.#up = true;
    this.#commits += 1;
    this.#changes = [];
    this.#positions.clear();
    this.#tunnels.clear();
    this.#groups.clear();
    this.#journals.clear();
    for (const names of Object.values(this.#forgotten)) names.clear();
    this.#host = undefined;
    this.#loaded = undefined;
    if (result.stored.length > 0) for (const listener of this.#listeners) listener(result.stored);
  }

  /** What a failed commit left behind is overtaken by what has changed since. */
  #gatherDirty(): void {
    const { engine, journals } = this.#dependencies;
    const { tunnels, groups, host, loaded, forgotten } = engine.takeDirty();
    journals.forget(forgotten.tunnels);
    for (const name of forgotten.tunnels) {
      this.#tunnels.delete(name);
      this.#journals.delete(name);
      this.#forgotten.tunnels.add(name);
    }
    for (const name of forgotten.groups) {
      this.#groups.delete(name);
      this.#forgotten.groups.add(name);
    }
    for (const journal of journals.takeDirty()) this.#journals.set(journal.subject, journal);
    for (const tunnel of tunnels) this.#tunnels.set(tunnel.spec.name, tunnel);
    for (const group of groups) this.#groups.set(group.config.name, group);
    this.#host = host ?? this.#host;
    this.#loaded = loaded ?? this.#loaded;
  }

  /** Deletes old history in small steps, with a turn of the event loop between them. */
  #retain(): void {
    const { store, clock } = this.#dependencies;
    this.#deletionTimer?.cancel();
    if (!store.deleteSome(clock.now())) return;
    this.#deletionTimer = clock.after(10, () => this.#retain());
  }
}

function epochOf(clock: Clock): number {
  return clock.now() - clock.monotonicMs();
}

/** What is told has happened: a later time is that of a clock before it was set back, or of a zone that is off. */
function notAfter<Event extends TunnelEvent>(event: Event, now: number): Event {
  const isLater = event.at > now || ('latest' in event && event.latest > now);
  if (!isLater) return event;
  const at = Math.min(event.at, now);
  return 'latest' in event ? { ...event, at, latest: now } : { ...event, at };
}
