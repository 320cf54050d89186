import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Change } from '../events/change.ts';

/** A change as it was stored; ids grow with the order of storing. */
export type StoredChange = Change & { readonly id: number };

/** Which changes to read, newest first. */
export interface HistoryQuery {
  readonly kinds: readonly Change['kind'][];
  /** Name of the tunnel, group, interface or gateway. */
  readonly subject: string | undefined;
  /** Milliseconds since the epoch. */
  readonly since: number | undefined;
  /** Only ids below this one: the cursor of a page. */
  readonly before: number | undefined;
  readonly limit: number;
}

/** What a change is about, in one word for the index. */
export function subjectOf(change: Change): string {
  switch (change.kind) {
    case 'tunnel':
    case 'event':
      return change.tunnel;
    case 'group':
      return change.group;
    case 'interface':
      return change.interface;
    case 'gateway':
      return change.gateway;
    case 'daemon':
    case 'ha':
      return '';
    default:
      return change satisfies never;
  }
}

/** Appends changes and reads them by page. */
export class History {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #after: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare(
      'INSERT INTO events (at, kind, subject, json) VALUES (?, ?, ?, ?)',
    );
    this.#after = database.prepare('SELECT id, json FROM events WHERE id > ? ORDER BY id LIMIT ?');
  }

  /** Inside the caller's transaction. */
  append(change: Change): StoredChange {
    const { lastInsertRowid } = this.#insert.run(
      Math.round(change.at),
      change.kind,
      subjectOf(change),
      JSON.stringify(change),
    );
    return { ...change, id: Number(lastInsertRowid) };
  }

  read(query: HistoryQuery): readonly StoredChange[] {
    const conditions = [`kind IN (${query.kinds.map(() => '?').join(', ')})`];
    const values: (string | number)[] = [...query.kinds];
    const add = (condition: string, value: string | number | undefined): void => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    add('subject = ?', query.subject);
    add('at >= ?', query.since);
    add('id < ?', query.before);
    const statement = this.#database.prepare(
      `SELECT id, json FROM events WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT ?`,
    );
    return statement.all(...values, query.limit).map((row) => storedChange(row));
  }

  /** What was stored after an id, oldest first: a stream goes on where it broke off. */
  after(id: number, limit: number): readonly StoredChange[] {
    return this.#after.all(id, limit).map((row) => storedChange(row));
  }
}

function storedChange(row: Record<string, unknown>): StoredChange {
  const change: Change = JSON.parse(String(row['json']));
  return { ...change, id: Number(row['id']) };
}
