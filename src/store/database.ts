import { DatabaseSync } from 'node:sqlite';
import { applicationId, migrations } from './migrations.ts';

/** What the store needs of the outside. */
export interface DatabaseDependencies {
  /** Moves a database that cannot be used out of the way; returns its new name. */
  readonly setAside: (path: string) => string;
  readonly warn: (message: string) => void;
}

/** The state directory cannot be used at all; the text is for the operator. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** How long a commit may wait for somebody else's lock: the event loop waits with it. */
const lockTimeoutMs = 20;

/**
 * Opens the database, makes or migrates it. One that is damaged, of another program or of a
 * later version is set aside, and a new one takes its place: history is lost, the watch goes on.
 * @throws StoreError when another daemon holds it, or when the directory cannot be written.
 */
export function openDatabase(path: string, dependencies: DatabaseDependencies): DatabaseSync {
  const first = tryOpen(path);
  if (first.database !== undefined) return first.database;
  const aside = dependencies.setAside(path);
  dependencies.warn(`${path} ${first.problem}; it was moved to ${aside}, and a new history begins`);
  const second = tryOpen(path);
  if (second.database !== undefined) return second.database;
  throw new StoreError(`${path} ${second.problem}`);
}

type Attempt =
  | { readonly database: DatabaseSync }
  | { readonly database: undefined; readonly problem: string };

function tryOpen(path: string): Attempt {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: lockTimeoutMs });
    // First of all: with an exclusive lock the WAL needs no shared memory file, a second daemon
    // is kept out, and a database on a full disk can still be read.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    const problem = foreignness(database);
    if (problem !== undefined) {
      database.close();
      return { database: undefined, problem };
    }
    // NORMAL loses at most the last commits in a power cut, and those as a whole: positions,
    // state and events stay in step with one another.
    database.exec(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2048`);
    migrate(database);
    if (!isSound(database)) {
      database.close();
      return { database: undefined, problem: 'is damaged' };
    }
    return { database };
  } catch (error) {
    database?.close();
    return { database: undefined, problem: explain(path, error) };
  }
}

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html). */
const codes = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  corrupt: 11,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

function resultCode(error: unknown): number {
  if (!(error instanceof Error) || !('errcode' in error)) return 0;
  // The extended code's low byte is the primary one.
  return Number(error.errcode) & 0xff;
}

/** Says what is wrong with the file; whatever setting it aside would not mend is thrown. */
function explain(path: string, error: unknown): string {
  const code = resultCode(error);
  if (code === codes.corrupt) return 'is damaged';
  if (code === codes.notADatabase) return 'is not a SQLite database';
  const text = textOf(error);
  if (code === codes.busy || code === codes.locked) {
    throw new StoreError(`${path} is in use: another tunnelwarden runs with this state directory`);
  }
  throw new StoreError(
    `${path} cannot be used: ${text}; its directory must exist and be writable`,
    { cause: error },
  );
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}

function foreignness(database: DatabaseSync): string | undefined {
  const empty = pragma(database, 'schema_version') === 0;
  if (!empty && pragma(database, 'application_id') !== applicationId) {
    return 'belongs to another program';
  }
  const version = pragma(database, 'user_version');
  return version > migrations.length
    ? `was written by a later version of tunnelwarden (schema ${version}, known ${migrations.length})`
    : undefined;
}

function migrate(database: DatabaseSync): void {
  const done = pragma(database, 'user_version');
  if (done === migrations.length) {
    // Takes the exclusive lock at once: an empty write transaction would not.
    database.exec(`BEGIN IMMEDIATE; COMMIT`);
    return;
  }
  database.exec(`BEGIN IMMEDIATE; PRAGMA application_id = ${applicationId}`);
  for (const step of migrations.slice(done)) database.exec(step);
  database.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`);
}

/**
 * Marks the database as open, and checks it when the run before did not close it: only damage that
 * is in the way shows by itself, and the rest would be found when history is written or read.
 */
function isSound(database: DatabaseSync): boolean {
  const marked = database.prepare("SELECT 1 FROM state WHERE kind = 'session'").get();
  if (marked !== undefined) {
    const check = database.prepare('PRAGMA quick_check(1)').get();
    return check?.['quick_check'] === 'ok';
  }
  database.exec("INSERT INTO state (kind, name, json) VALUES ('session', '', '{}')");
  return true;
}

/** Closes it in good order: the next start need not check it. */
export function closeDatabase(database: DatabaseSync): void {
  try {
    database.exec("DELETE FROM state WHERE kind = 'session'");
  } catch {
    // A full disk, for instance: then the next start checks.
  }
  database.close();
}

/** How large the used part of the database is, in bytes. */
export function usedBytes(database: DatabaseSync): number {
  const pages = pragma(database, 'page_count') - pragma(database, 'freelist_count');
  return pages * pragma(database, 'page_size');
}

/**
 * Why a commit failed, in one sentence; the next one may succeed.
 * @throws StoreError when none will: the next start sets the database aside.
 */
export function commitProblem(error: unknown): string {
  const text = textOf(error);
  const code = resultCode(error);
  if (code !== codes.corrupt && code !== codes.notADatabase) return text;
  throw new StoreError(`the database is damaged (${text}); the next start sets it aside`, {
    cause: error,
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
