import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StoreConfig } from '../config/config.ts';
import type { Journal } from '../diagnosis/journal.ts';
import type { DirtyState, SavedHost, SavedState } from '../engine/engine-state.ts';
import type { GroupState } from '../engine/group.ts';
import type { TunnelState } from '../engine/tunnel-state.ts';
import type { Change } from '../events/change.ts';
import type { LogPosition } from '../events/log-position.ts';
import { closeDatabase, commitProblem, openDatabase, usedBytes } from './database.ts';
import type { DatabaseDependencies } from './database.ts';
import { History } from './history.ts';
import type { StoredChange } from './history.ts';
import { deleteSome } from './retention.ts';

/** What belongs together: it is written in one transaction or not at all. */
export interface Commit {
  readonly positions: readonly LogPosition[];
  readonly state: DirtyState;
  /** Of the tunnels whose journal has changed. */
  readonly journals: readonly Journal[];
  readonly changes: readonly Change[];
}

export type CommitResult =
  | { readonly ok: true; readonly stored: readonly StoredChange[] }
  | { readonly ok: false; readonly detail: string };

/** The SQLite database: log positions, derived state and history. */
export class Store {
  readonly #database: DatabaseSync;
  readonly #config: StoreConfig;
  readonly #putPosition: StatementSync;
  readonly #putState: StatementSync;
  readonly #readState: StatementSync;
  readonly #deleteState: StatementSync;
  #owed: readonly LogPosition[] = [];
  readonly history: History;

  /** @throws StoreError when the state directory cannot be used at all. */
  constructor(path: string, config: StoreConfig, dependencies: DatabaseDependencies) {
    this.#database = openDatabase(path, dependencies);
    this.#config = config;
    this.history = new History(this.#database);
    this.#putPosition = this.#database.prepare(
      'INSERT INTO positions (path, json) VALUES (?, ?) ON CONFLICT DO UPDATE SET json = excluded.json',
    );
    this.#putState = this.#database.prepare(
      'INSERT INTO state (kind, name, json) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET json = excluded.json',
    );
    this.#deleteState = this.#database.prepare('DELETE FROM state WHERE kind = ? AND name = ?');
    this.#readState = this.#database.prepare('SELECT json FROM state WHERE kind = ? ORDER BY name');
  }

  /**
   * How far each log has been processed. What a failed commit could not write counts as well: after
   * a reload of the configuration nothing is to be read again that is in the engine already.
   */
  positions(): ReadonlyMap<string, LogPosition> {
    const rows = this.#database.prepare('SELECT json FROM positions').all();
    const saved = rows.map((row): LogPosition => JSON.parse(String(row['json'])));
    return new Map([...saved, ...this.#owed].map((position) => [position.path, position]));
  }

  state(): SavedState {
    return {
      tunnels: this.#texts('tunnel').map((text): TunnelState => JSON.parse(text)),
      groups: this.#texts('group').map((text): GroupState => JSON.parse(text)),
      host: this.#texts('host').map((text): SavedHost => JSON.parse(text))[0],
      loaded: this.#texts('loaded').map((text): SavedState['loaded'] => JSON.parse(text))[0],
    };
  }

  /** What the diagnosis remembers of each tunnel. */
  journals(): readonly Journal[] {
    return this.#texts('journal').map((text): Journal => JSON.parse(text));
  }

  #texts(kind: string): readonly string[] {
    return this.#readState.all(kind).map((row) => String(row['json']));
  }

  /**
   * All of it or nothing. A failure is for the caller to keep and to try again.
   * @throws StoreError when the database is damaged.
   */
  commit({ positions, state, journals, changes }: Commit): CommitResult {
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      for (const position of positions)
        this.#putPosition.run(position.path, JSON.stringify(position));
      this.#forget(state.forgotten);
      for (const tunnel of state.tunnels) this.#put('tunnel', tunnel.spec.name, tunnel);
      for (const group of state.groups) this.#put('group', group.config.name, group);
      if (state.host !== undefined) this.#put('host', '', state.host);
      if (state.loaded !== undefined) this.#put('loaded', '', state.loaded);
      for (const journal of journals) this.#put('journal', journal.subject, journal);
      const stored = changes.map((change) => this.history.append(change));
      this.#database.exec('COMMIT');
      this.#owed = [];
      return { ok: true, stored };
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.#owed = positions;
      return { ok: false, detail: commitProblem(error) };
    }
  }

  /** Of what is gone only its history stays. */
  #forget({ tunnels, groups }: DirtyState['forgotten']): void {
    for (const name of tunnels)
      for (const kind of ['tunnel', 'journal']) this.#deleteState.run(kind, name);
    for (const name of groups) this.#deleteState.run('group', name);
  }

  #put(kind: string, name: string, value: object): void {
    this.#putState.run(kind, name, JSON.stringify(value));
  }

  /** One bounded step of retention; true while there may be more to delete. */
  deleteSome(now: number): boolean {
    try {
      return deleteSome(this.#database, this.#config, now);
    } catch (error) {
      // A disk may be too full even to delete: the next commits say so, and try again.
      commitProblem(error);
      return false;
    }
  }

  get usedBytes(): number {
    return usedBytes(this.#database);
  }

  close(): void {
    closeDatabase(this.#database);
  }
}
